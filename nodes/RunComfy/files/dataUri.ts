import { detectType } from '../shared/signatures';
import { DownloadProblem } from '../shared/downloadProblem';

/** Decoded at a time, so that n8n can do other work in between. Characters, a multiple of four. */
const PIECE_LENGTH = 4 * 128 * 1024;
/** A data URI inside a text, long enough to be shortened. */
const INSIDE_TEXT = /data:[\w.+-]+\/[\w.+-]+(?:;[\w=.-]+)*;base64,[A-Za-z0-9+/_=-]{64,}/g;

/** A data URI, split at its comma. */
export interface DataUri {
	mimeType: string;
	isBase64: boolean;
	payload: string;
}

/** @throws DownloadProblem when it isn't one */
export function parseDataUri(uri: string): DataUri {
	const comma = uri.indexOf(',');
	const head = /^data:([^;,]*)((?:;[^,]*)?)$/i.exec(uri.slice(0, comma));
	if (comma === -1 || head === null) throw new DownloadProblem("it isn't a valid data URI", { isNotAFile: true });
	return {
		mimeType: (head[1] ?? '').trim().toLowerCase(),
		isBase64: /;\s*base64\s*$/i.test(head[2] ?? ''),
		payload: uri.slice(comma + 1),
	};
}

/** The bytes of a data URI, piece by piece. @throws DownloadProblem when its base64 is broken */
export async function* bytesOfDataUri({ isBase64, payload }: DataUri): AsyncGenerator<Buffer> {
	if (!isBase64) {
		yield Buffer.from(decodedPercent(payload));
		return;
	}
	let rest = '';
	for (let at = 0; at < payload.length; at += PIECE_LENGTH) {
		const piece =
			rest +
			payload
				.slice(at, at + PIECE_LENGTH)
				.replace(/\s/g, '')
				.replace(/%2b/gi, '+')
				.replace(/%2f/gi, '/')
				.replace(/%3d/gi, '=');
		const whole = at + PIECE_LENGTH >= payload.length ? piece.length : piece.length - (piece.length % 4);
		const text = piece.slice(0, whole);
		if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text))
			throw new DownloadProblem('its Base64 is invalid', { isNotAFile: true });
		rest = piece.slice(whole);
		yield Buffer.from(text, 'base64');
	}
}

/**
 * The data URI of a file that was sent as bare Base64; undefined when a text doesn't begin with the bytes of a known
 * type. Whether the rest is valid Base64 shows when it is stored.
 */
export function dataUriOfBase64(text: string): string | undefined {
	const start = text.slice(0, 684);
	if (text.length < 64 || !/^[A-Za-z0-9+/_=\s-]+$/.test(start)) return undefined;
	const detected = detectType(Buffer.from(start, 'base64'));
	return detected && !detected.isWeak ? `data:${detected.mimeType};base64,${text}` : undefined;
}

function decodedPercent(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/**
 * Replaces the data URIs of an output with short texts, because a file of several megabytes would make the item slow
 * everywhere. It runs in steps, so that other work can happen in between.
 *
 * @param storedIn gets a text of the output and tells where its file is now: an empty text when it was not stored,
 * undefined when the text is not a file
 */
export function* withoutDataUris(
	value: unknown,
	storedIn: (text: string) => string | undefined,
	depth = 0,
): Generator<void, unknown> {
	if (typeof value === 'string') return shortened(value, storedIn);
	if (depth > 100 || typeof value !== 'object' || value === null) return value;
	yield;
	if (Array.isArray(value)) {
		const entries: unknown[] = [];
		for (const entry of value) entries.push(yield* withoutDataUris(entry, storedIn, depth + 1));
		return entries;
	}
	const copies: Array<[string, unknown]> = [];
	for (const [name, entry] of Object.entries(value))
		copies.push([name, yield* withoutDataUris(entry, storedIn, depth + 1)]);
	return Object.fromEntries(copies);
}

function shortened(text: string, storedIn: (text: string) => string | undefined): string {
	const whole = text.trim();
	if (/^data:[^,]{0,300},/i.test(whole))
		return whole
			.split(/(?<!\s)\s+(?=data:)/i)
			.map((uri) => shortDataUri(uri, storedIn(uri)))
			.join('\n');
	if (storedIn(whole) !== undefined) return shortDataUri(dataUriOfBase64(whole) ?? whole, storedIn(whole));
	return text.includes('data:') ? text.replace(INSIDE_TEXT, (inner) => shortDataUri(inner, storedIn(inner))) : text;
}

/** A data URI without its bytes, for display. */
export function shortDataUri(uri: string, property?: string): string {
	return `${uri.slice(0, uri.indexOf(',') + 1)}… (${uri.length} characters${property ? `, stored in ${property}` : ''})`;
}
