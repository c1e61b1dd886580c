import { extensionFor, extensionOf, fitsExtension } from './mediaTypes';

const LONGEST_NAME = 120;
/** Names that Windows keeps for devices. */
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)$/i;

/** The name at the end of a URL's path; empty when there is none. */
export function nameInUrl(url: string): string {
	return decoded(new URL(url).pathname.split('/').at(-1) ?? '');
}

/** The name that a server gives a file with Content-Disposition, if it does. */
export function nameInDisposition(header: string | undefined): string | undefined {
	if (header === undefined) return undefined;
	// The form with an encoding wins over the one without (RFC 6266).
	const encoded = /\bfilename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(header)?.[1];
	if (encoded !== undefined) return decoded(encoded);
	const [, quoted, plain] = /\bfilename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))/i.exec(header) ?? [];
	return quoted?.replace(/\\(.)/g, '$1') ?? plain;
}

/**
 * A safe file name: without folders, control characters and reserved names, with an extension that agrees with the type.
 *
 * @param fallback used where there is no name
 */
export function safeFileName(name: string, mimeType: string, fallback: string): string {
	const cleaned = [...name]
		.filter((character) => character >= ' ' && character !== '\u007f')
		.join('')
		.replace(/[\\/:*?"<>|]/g, '_')
		.replace(/^[.\s]+|[.\s]+$/g, '');
	const extension = extensionOf(cleaned);
	const stem = (extension ? cleaned.slice(0, -extension.length - 1) : cleaned).slice(0, LONGEST_NAME);
	const wanted = extensionFor(mimeType);
	const agrees = wanted === undefined || fitsExtension(mimeType, extension);
	const safe = stem === '' ? fallback : RESERVED.test(stem.split('.')[0] ?? '') ? `_${stem}` : stem;
	const suffix = agrees ? extension : wanted;
	return suffix ? `${safe}.${suffix}` : safe;
}

/** Gives each file of an item a name of its own, so that none overwrites another when they are written to a folder. */
export function uniqueFileName(name: string, taken: Set<string>): string {
	const extension = extensionOf(name);
	const stem = extension ? name.slice(0, -extension.length - 1) : name;
	let unique = name;
	for (let number = 2; taken.has(unique.toLowerCase()); number++) unique = `${stem}-${number}${extension ? `.${extension}` : ''}`;
	taken.add(unique.toLowerCase());
	return unique;
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
