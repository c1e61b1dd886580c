import { extensionFor, extensionOf, fitsExtension } from './mediaTypes';

const LONGEST_NAME = 120;
/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * A safe file name for a downloaded file: the last part of its URL, with an extension that agrees with its type.
 *
 * @param fallback used where the URL names no file
 */
export function safeFileName(url: string, mimeType: string, fallback: string): string {
	const last = decoded(new URL(url).pathname.split('/').at(-1) ?? '');
	const cleaned = [...last]
		.filter((character) => character >= ' ' && character !== '\u007f')
		.join('')
		.replace(/[\\/:*?"<>|]/g, '_')
		.replace(/^[.\s]+|[.\s]+$/g, '');
	const extension = extensionOf(cleaned);
	const stem = (extension ? cleaned.slice(0, -extension.length - 1) : cleaned).slice(0, LONGEST_NAME);
	const wanted = extensionFor(mimeType);
	const agrees = wanted === undefined || fitsExtension(mimeType, extension);
	const name = stem === '' ? fallback : RESERVED.test(stem) ? `_${stem}` : stem;
	const suffix = agrees ? extension : wanted;
	return suffix ? `${name}.${suffix}` : name;
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
