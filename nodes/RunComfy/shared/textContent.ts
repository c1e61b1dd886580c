import { detectType } from './signatures';

/** Whether a text, or what begins with these bytes, is a web page. */
export function isHtml(start: Buffer | string): boolean {
	const text = typeof start === 'string' ? start : start.toString('utf8', 0, 200);
	return /^\ufeff?\s*<(!doctype html|html|head|body)/i.test(text);
}

/** Whether a Content-Type header announces a web page. */
export function isHtmlType(contentType: string | undefined): boolean {
	return /^text\/html\b/i.test(contentType ?? '');
}

/** Whether these first bytes begin an SVG image, which is XML and so reads like text. */
export function isSvg(start: Buffer): boolean {
	return /^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--[\s\S]{0,2000}?-->\s*)*(<!doctype\s+svg[^>]*>\s*)?<svg[\s>]/i.test(
		start.subarray(0, 4096).toString('latin1'),
	);
}

/**
 * The kind of text that a server sent instead of a file: a web page, or data (JSON or XML).
 *
 * @param start the first bytes
 * @returns undefined for a file of a known type, for an SVG image, and for any other text
 */
export function textInsteadOfFile(start: Buffer): 'page' | 'data' | undefined {
	if (detectType(start) !== undefined || isSvg(start)) return undefined;
	if (isHtml(start)) return 'page';
	const isMarkupOrJson = /^(\xef\xbb\xbf)?\s*(<[!?a-z]|[{[]\s*["{[\]}])/i.test(
		start.subarray(0, 256).toString('latin1'),
	);
	return isMarkupOrJson ? 'data' : undefined;
}
