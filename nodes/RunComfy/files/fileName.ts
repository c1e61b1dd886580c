import { extensionFor, extensionOf, fitsExtension, isKnownExtension } from '../shared/mediaTypes';

/** File systems allow 255 bytes; the difference is for a number that makes a name unique. Bytes of UTF-8, and characters. */
const MAX_NAME_BYTES = 240;
const MAX_STEM_LENGTH = 120;
/** What is read of a longer text, such as a data URI by mistake: all of it would block n8n for seconds. Characters. */
const MAX_READ_LENGTH = 2_000;
/** Names that Windows reserves for devices, including the superscript digits that it treats like digits. */
const RESERVED = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|com[\d¹²³]|lpt[\d¹²³])$/i;
/** Control characters, marks that change the writing direction, and invisible characters. */
const INVISIBLE = new RegExp(
	'[\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u200b\\u200c\\u200e\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff\\ufff9-\\uffff]',
	'g',
);

/** Half a character, which no file system can store. */
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The name at the end of a URL's path; empty when there is none. */
export function nameInUrl(url: string): string {
	return decoded(new URL(url).pathname.split('/').at(-1) ?? '');
}

/** The file name in a Content-Disposition header, if it has one (RFC 6266, RFC 8187). */
export function nameInDisposition(header: string | undefined): string | undefined {
	if (header === undefined) return undefined;
	const parameters = parametersOf(header);
	const extended = extendedValue(parameters.get('filename*'));
	if (extended !== undefined && extended !== '') return extended;
	const plain = parameters.get('filename');
	if (plain === undefined || plain === '') return undefined;
	// Node reads headers as Latin-1. Servers send UTF-8 or percent-encoding in them, though neither is allowed.
	const utf8 = decodedUtf8(Buffer.from(plain, 'latin1'));
	const text = /[\u0080-\u00ff]/.test(plain) && !/[\u0100-\uffff]/.test(plain) && utf8 !== undefined ? utf8 : plain;
	return /%[0-9a-f]{2}/i.test(text) ? decoded(text) : text;
}

/** The parameters of a header field: tokens, or quoted texts in which a backslash escapes the next character. */
function parametersOf(header: string): Map<string, string> {
	const parameters = new Map<string, string>();
	const pattern = /;\s*([\w!#$&+.^`|~*-]+)\s*=\s*(?:"((?:[^"\\]|\\[\s\S])*)"|([^;]*))/g;
	for (const [, name = '', quoted, plain = ''] of `;${header}`
		.replace(/^;\s*(inline|attachment|form-data)\s*(?=;|$)/i, '')
		.matchAll(pattern)) {
		const key = name.toLowerCase();
		if (!parameters.has(key))
			parameters.set(key, quoted === undefined ? plain.trim() : quoted.replace(/\\([\s\S])/g, '$1'));
	}
	return parameters;
}

/** `charset'language'percent-encoded`; undefined when it is malformed, and then the plain form counts. */
function extendedValue(value: string | undefined): string | undefined {
	const [, charset = '', encoded = ''] = /^"?([\w-]+)'[^']*'([^"]*)"?$/.exec(value ?? '') ?? [];
	if (charset === '' || /%(?![0-9a-f]{2})/i.test(encoded)) return undefined;
	const bytes = Buffer.from(
		encoded.replace(/%([0-9a-f]{2})/gi, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))),
		'latin1',
	);
	if (/^utf-?8$/i.test(charset)) return decodedUtf8(bytes);
	return /^(iso-8859-1|latin-?1|us-ascii|windows-1252)$/i.test(charset) ? bytes.toString('latin1') : undefined;
}

function decodedUtf8(bytes: Buffer): string | undefined {
	const text = bytes.toString('utf8');
	return text.includes('\ufffd') ? undefined : text;
}

/**
 * A file name that is safe on Linux, macOS and Windows: without folders, invisible characters or reserved names, not
 * too long, and with an extension that matches the type.
 *
 * @param fallback used when there is no name
 */
export function safeFileName(name: string, mimeType: string, fallback: string): string {
	const cleaned = cleanName(name);
	const extension = extensionOf(cleaned);
	const stem = trimmed(extension ? cleaned.slice(0, -extension.length - 1) : cleaned);
	const wanted = extensionFor(mimeType);
	const agrees = wanted === undefined || fitsExtension(mimeType, extension);
	const suffix = agrees ? extension : wanted;
	return joinName(stem === '' ? fallback : stem, '', suffix);
}

/** How many characters of a request ID tell requests apart. */
const SHORT_ID_LENGTH = 8;

/** RunComfy's IDs are UUIDs (documented); other IDs may begin alike, so all of them counts. */
const STARTS_AT_RANDOM = /^[0-9a-f]{8}(?![^-])/i;

/**
 * A safe file name with the beginning of the request ID, so that the files of two requests never have the same name.
 *
 * @param name safe already
 */
export function withRequestId(name: string, requestId: string): string {
	const id = STARTS_AT_RANDOM.test(requestId) ? requestId.slice(0, SHORT_ID_LENGTH) : cleanName(requestId);
	const { stem, extension } = splitName(name);
	return id === '' || stem.includes(id) ? name : joinName(stem, `-${id}`, extension);
}

/**
 * The name that the author chose, with the extension of the file.
 *
 * @param chosen without extension; one that fits the file is taken as such
 * @param name the safe name that the file has otherwise
 * @param number of the file in its item; undefined where it is the only one
 */
export function chosenFileName(
	chosen: string,
	{ name, mimeType, number }: { name: string; mimeType: string; number?: number },
): string {
	const cleaned = cleanName(chosen);
	const own = extensionOf(cleaned);
	const { extension } = splitName(name);
	const hasExtension = own !== '' && (own === extension || (isKnownExtension(own) && fitsExtension(mimeType, own)));
	const stem = hasExtension ? trimmed(cleaned.slice(0, -own.length - 1)) : cleaned;
	if (stem === '') return name;
	return joinName(stem, number === undefined ? '' : `-${number}`, hasExtension ? own : extension);
}

function splitName(name: string): { stem: string; extension: string } {
	const extension = extensionOf(name);
	return { stem: extension ? name.slice(0, -extension.length - 1) : name, extension };
}

/** Joins the parts of a name within the limits of file systems: what is cut is the stem. */
function joinName(stem: string, suffix: string, extension: string | undefined): string {
	const ending = `${suffix}${extension ? `.${extension}` : ''}`;
	const safe = RESERVED.test((stem.split('.')[0] ?? '').trim()) ? `_${stem}` : stem;
	return `${trimmed(cutToBytes(safe, MAX_NAME_BYTES - Buffer.byteLength(ending)))}${ending}`;
}

/** Without folders, invisible characters and what Windows refuses. */
function cleanName(name: string): string {
	return trimmed(
		name
			.slice(0, MAX_READ_LENGTH)
			.normalize('NFC')
			.replace(LONE_SURROGATE, '_')
			.replace(INVISIBLE, '')
			.replace(/[\\/:*?"<>|]/g, '_'),
	);
}

/** Gives each file of an item a unique name, so that none overwrites another when they are written to a folder. */
export class UniqueNames {
	private readonly used = new Set<string>();

	/** The number to try first when a name comes again. */
	private readonly next = new Map<string, number>();

	/** @param instead a name claimed earlier, which is released */
	claim(name: string, instead?: string): string {
		if (instead !== undefined) this.used.delete(comparableName(instead));
		const { stem, extension } = splitName(name);
		let unique = name;
		for (let number = this.next.get(comparableName(name)) ?? 2; this.used.has(comparableName(unique)); number++) {
			unique = `${stem}-${number}${extension ? `.${extension}` : ''}`;
			this.next.set(comparableName(name), number);
		}
		this.used.add(comparableName(unique));
		return unique;
	}
}

/** macOS and Windows treat names as equal that differ only in case or in how letters are composed. */
export function comparableName(name: string): string {
	return name.normalize('NFC').toLowerCase();
}

/** Windows doesn't allow dots or blanks at the end of a name; a dot at the start hides the file. */
function trimmed(name: string): string {
	let end = name.length;
	while (end > 0 && /[.\s]/.test(name.charAt(end - 1))) end -= 1;
	return name.slice(0, end).replace(/^[.\s]+/, '');
}

/** Truncates between characters, and keeps combining marks with their letter. */
function cutToBytes(text: string, maxBytes: number): string {
	let bytes = 0;
	let length = 0;
	let cut = '';
	for (const { segment } of new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text)) {
		bytes += Buffer.byteLength(segment);
		length += 1;
		if (bytes > maxBytes || length > MAX_STEM_LENGTH) break;
		cut += segment;
	}
	return cut;
}

function decoded(segment: string): string {
	try {
		return decodeURIComponent(segment);
	} catch {
		return segment;
	}
}
