import { isJsonObject } from '../shared/json';
import { DownloadProblem } from './downloadProblem';

/** So many characters are decoded at a time: other work of n8n comes in between. A multiple of four. */
const PIECE_LENGTH = 4 * 128 * 1024;
/** A longer data URI inside of a text is shortened too. */
const INSIDE_TEXT = /data:[\w.+-]+\/[\w.+-]+(?:;[\w=.-]+)*;base64,[A-Za-z0-9+/_=-]{64,}/g;

/** What stands before the comma of a data URI, and what behind it. */
export interface DataUri {
	mimeType: string;
	isBase64: boolean;
	payload: string;
}

/** @throws DownloadProblem when it is none */
export function parseDataUri(uri: string): DataUri {
	const comma = uri.indexOf(',');
	const head = /^data:([^;,]*)((?:;[^,]*)?)$/i.exec(uri.slice(0, comma));
	if (comma === -1 || head === null) throw new DownloadProblem('it is no valid data URI', { isNoFile: true });
	return { mimeType: (head[1] ?? '').trim().toLowerCase(), isBase64: /;\s*base64\s*$/i.test(head[2] ?? ''), payload: uri.slice(comma + 1) };
}

/** The bytes of a data URI, piece by piece. @throws DownloadProblem when its base64 is broken */
export async function* bytesOfDataUri({ isBase64, payload }: DataUri): AsyncGenerator<Buffer> {
	if (!isBase64) {
		yield Buffer.from(decodedPercent(payload));
		return;
	}
	let rest = '';
	for (let at = 0; at < payload.length; at += PIECE_LENGTH) {
		const piece = rest + payload.slice(at, at + PIECE_LENGTH).replace(/\s/g, '').replace(/%2b/gi, '+').replace(/%2f/gi, '/').replace(/%3d/gi, '=');
		const whole = at + PIECE_LENGTH >= payload.length ? piece.length : piece.length - (piece.length % 4);
		const text = piece.slice(0, whole);
		if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw new DownloadProblem('its base64 is broken', { isNoFile: true });
		rest = piece.slice(whole);
		yield Buffer.from(text, 'base64');
	}
}

function decodedPercent(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/**
 * Replaces the data URIs of an output by short texts: a file of some megabytes would make the item slow everywhere.
 *
 * @param placeOf where the file is now, for a data URI as it stands in the output
 */
export function withoutDataUris(value: unknown, placeOf: (dataUri: string) => string | undefined, depth = 0): unknown {
	if (typeof value === 'string') return shortened(value, placeOf);
	if (depth > 100) return value;
	if (Array.isArray(value)) return value.map((entry) => withoutDataUris(entry, placeOf, depth + 1));
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withoutDataUris(entry, placeOf, depth + 1)]));
}

function shortened(text: string, placeOf: (dataUri: string) => string | undefined): string {
	if (!text.includes('data:')) return text;
	const uri = text.trim();
	if (/^data:[^,]{0,300},/i.test(uri)) return shortDataUri(uri, placeOf(uri));
	return text.replace(INSIDE_TEXT, (inner) => shortDataUri(inner, placeOf(inner)));
}

/** A data URI without its bytes, as it is shown. */
export function shortDataUri(uri: string, place?: string): string {
	return `${uri.slice(0, uri.indexOf(',') + 1)}… (${uri.length} characters${place ? `, stored in ${place}` : ''})`;
}
