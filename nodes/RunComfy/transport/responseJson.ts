import { rewriteBetweenTexts } from '../shared/betweenTexts';

/** Words that JSON does not have, and that services written in Python or JavaScript send all the same. */
const NO_NUMBER = /-?\bInfinity\b|\bNaN\b/g;
/** A whole number of so many digits may be larger than JavaScript can hold exactly. */
const LONG_INTEGER = /(?<![\d.eE+-])-?\d{16,}(?![\d.eE])/g;
const IS_UNUSUAL = /NaN|Infinity|\d{16}/;

/**
 * Reads the body of an answer as the world writes JSON: `NaN` and `Infinity` become null, a byte order mark is skipped,
 * and whole numbers that JavaScript would round become texts, so that ids and seeds keep every digit.
 *
 * @returns undefined when it is no JSON
 */
export function parseResponseJson(text: string): unknown {
	const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	return tryParse(IS_UNUSUAL.test(body) ? rewriteBetweenTexts(body, rewritten) : body);
}

function tryParse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

function rewritten(gap: string): string {
	return gap
		.replace(NO_NUMBER, 'null')
		.replace(LONG_INTEGER, (digits) => (Number.isSafeInteger(Number(digits)) ? digits : `"${digits}"`));
}
