import { rewriteBetweenTexts } from '../shared/betweenTexts';
import { parseJson } from '../shared/json';
import { mayContainLongInteger, replaceInexactIntegers } from '../shared/longIntegers';

/** Words for numbers that JSON does not have, and that services written in Python or JavaScript send anyway. */
export const NON_FINITE_WORDS = ['-Infinity', 'Infinity', 'NaN'];
const NON_FINITE = new RegExp(NON_FINITE_WORDS.map((word) => word.replace(/\w+/, '\\b$&\\b')).join('|'), 'g');
const MAY_CONTAIN_NON_FINITE = /NaN|Infinity/;

/**
 * Parses the body of a response the way services write JSON: `NaN` and `Infinity` become null, a byte order mark is
 * skipped, and whole numbers that JavaScript would round become texts, so that IDs and seeds keep every digit.
 *
 * @returns undefined when it is not JSON
 */
export function parseResponseJson(text: string): unknown {
	const body = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
	const isUnusual = MAY_CONTAIN_NON_FINITE.test(body) || mayContainLongInteger(body);
	return parseJson(isUnusual ? rewriteBetweenTexts(body, toStandardJson) : body);
}

function toStandardJson(gap: string): string {
	return replaceInexactIntegers(gap.replace(NON_FINITE, 'null'), (digits) => `"${digits}"`);
}
