const LONGEST_TEXT = 400;

/**
 * Makes a text from outside fit for a message: one line, bounded, and without anything that a browser
 * would take for markup, because n8n shows descriptions as HTML.
 */
export function plainText(text: string): string {
	const oneLine = text.replace(/\s+/g, ' ').trim().replace(/</g, '‹').replace(/>/g, '›');
	return oneLine.length > LONGEST_TEXT ? `${oneLine.slice(0, LONGEST_TEXT)}…` : oneLine;
}

/**
 * Finds what the service says in an error body. Shapes seen (in RunComfy's own clients):
 * `{error_message}`, `{message}`, `{error}`, `{detail}` as text or as a list of `{loc, msg}`, plain text.
 *
 * @returns the text, fit for a message, or undefined when there is none or only a web page
 */
export function serverText(body: unknown): string | undefined {
	const text = findText(body);
	if (text === undefined || looksLikeHtml(text)) return undefined;
	return plainText(text) || undefined;
}

/** Tells a web page from a plain text. */
export function looksLikeHtml(text: string): boolean {
	return /^\s*<(!doctype|html|head|body|\?xml|!--)/i.test(text);
}

/** RunComfy's reason for a generation that did not succeed: free type, object or text (inferred). */
export function reasonText(reason: unknown): string | undefined {
	if (reason === null || reason === undefined || reason === '') return undefined;
	return serverText(reason) ?? plainText(typeof reason === 'string' ? reason : JSON.stringify(reason));
}

function findText(body: unknown): string | undefined {
	if (typeof body === 'string') return body;
	if (Array.isArray(body)) return joinTexts(body.map(validationText));
	if (typeof body !== 'object' || body === null) return undefined;
	const fields = body as Record<string, unknown>;
	const main =
		findText(fields.error_message) ?? findText(fields.message) ?? findText(fields.error) ?? findText(fields.msg);
	return joinTexts([main, findText(fields.detail)]);
}

/** One entry of a validation list: where in the body, and what is wrong there. */
function validationText(entry: unknown): string | undefined {
	if (typeof entry !== 'object' || entry === null) return findText(entry);
	const { loc } = entry as { loc?: unknown };
	const text = findText(entry);
	if (!Array.isArray(loc) || text === undefined) return text;
	const place = loc.filter((part) => part !== 'body').join('.');
	return place ? `${place}: ${text}` : text;
}

function joinTexts(texts: Array<string | undefined>): string | undefined {
	const present = texts.filter((text): text is string => Boolean(text));
	return present.length > 0 ? [...new Set(present)].join('; ') : undefined;
}
