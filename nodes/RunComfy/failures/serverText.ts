import { jsonText } from '../shared/json';
import { isHtml } from '../shared/textContent';
import { comfyReason, type TitleOf } from './comfyReason';
import { truncate, withoutMarkup } from '../shared/text';

const MAX_TEXT_LENGTH = 400;
/** How much of a text is read for it. Characters. */
const MAX_READ = 4_000;
/** A response may be nested endlessly; no message is that deep. */
const MAX_DEPTH = 8;

/** Makes an external text fit for a message: one line, limited length, no markup. */
export function plainText(text: string): string {
	return truncate(withoutMarkup(text.slice(0, MAX_READ).replace(/\s+/g, ' ').trim()), MAX_TEXT_LENGTH);
}

/**
 * Finds the service's message in an error body. Shapes seen (in RunComfy's own clients):
 * `{error_message}`, `{message}`, `{error}`, `{detail}` as text or as a list of `{loc, msg}`, plain text.
 *
 * @param titleOf what the nodes of a deployed workflow are called, where that is known
 * @returns the text, fit for a message; undefined when there is none, or only a web page
 */
export function serverText(body: unknown, titleOf?: TitleOf): string | undefined {
	const refused = comfyReason(body, titleOf);
	const text = refused ?? findText(body);
	if (text === undefined || isHtml(text)) return undefined;
	return plainText(text) || undefined;
}

/** RunComfy's reason for a generation that did not succeed: free type, object, list or text (inferred). */
export function reasonText(reason: unknown, titleOf?: TitleOf): string | undefined {
	if (reason === null || reason === undefined || reason === '') return undefined;
	return serverText(reason, titleOf) ?? plainText(typeof reason === 'string' ? reason : jsonText(reason));
}

function findText(body: unknown, depth = 0): string | undefined {
	if (typeof body === 'string') return body;
	if (depth > MAX_DEPTH) return undefined;
	if (Array.isArray(body)) return joinTexts(body.map((entry) => validationText(entry, depth + 1)));
	if (typeof body !== 'object' || body === null) return undefined;
	const fields = body as Record<string, unknown>;
	const main =
		findText(fields.error_message, depth + 1) ??
		findText(fields.message, depth + 1) ??
		findText(fields.error, depth + 1) ??
		findText(fields.msg, depth + 1);
	return joinTexts([main, findText(fields.detail, depth + 1)]);
}

/** One entry of a validation list: where in the body, and what is wrong there. */
function validationText(entry: unknown, depth: number): string | undefined {
	if (typeof entry !== 'object' || entry === null) return findText(entry, depth);
	const { loc } = entry as { loc?: unknown };
	const text = findText(entry, depth);
	if (!Array.isArray(loc) || text === undefined) return text;
	const place = placeOf(loc);
	return place ? `${place}: ${text}` : text;
}

/** The names of a place in the body. Inputs of a workflow are named as its fields are: `6.text`. */
function placeOf(loc: unknown[]): string {
	const names = loc.filter((part) => part !== 'body').map(String);
	const isInput = names[0] === 'overrides' && names.length > 1;
	return (isInput ? names.filter((name, index) => index !== 0 && !(index === 2 && name === 'inputs')) : names).join(
		'.',
	);
}

function joinTexts(texts: Array<string | undefined>): string | undefined {
	const present = texts.filter((text): text is string => Boolean(text));
	return present.length > 0 ? [...new Set(present)].join('; ') : undefined;
}
