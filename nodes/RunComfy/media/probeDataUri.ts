import type { Clock } from '../shared/clock';
import { runInSlices } from '../shared/timeSlice';
import { fileFacts } from './fileFacts';
import { contradiction, textInstead } from './mediaKind';
import type { MediaProbe } from './mediaProbe';

/** The part before the comma is short. Characters. */
const HEAD = /^data:([^,]{0,1000}),/i;
/** How much text is processed at a time, so that n8n can do other work in between. Characters. */
const PIECE_LENGTH = 256 * 1024;
/** Enough of the text for the header of an image. Characters. */
const TEXT_START = 1024 * 1024;
/** Every media file is larger. Bytes. */
const MIN_FILE_BYTES = 12;

/**
 * What `$binary.data.data` contains when n8n keeps files outside the item: the name of the store (seen in n8n 1 and 2),
 * or a location in it.
 */
const STORE_NAME = /^(filesystem(-v2)?|s3|database|default)(:[\w./:-]*)?$/i;

/** Whether a text is a data URI, valid or not. */
export function isDataUri(text: string): boolean {
	return HEAD.test(text.slice(0, 1100));
}

/** Probes a file that is contained in the input itself. Long ones are processed in pieces. */
export async function probeDataUri(uri: string, clock: Clock): Promise<MediaProbe> {
	const [prefix = '', head = ''] = HEAD.exec(uri.slice(0, 1100)) ?? [];
	const from = prefix.length;
	const mark = STORE_NAME.exec(uri.slice(from, from + 400).trim())?.[1];
	if (mark !== undefined) {
		return broken(
			`contains "${mark}", which is n8n's reference to a stored file, not the file itself. Use Binary Inputs to send the file`,
		);
	}
	const isBase64 = /;\s*base64\s*$/i.test(head);
	const bytes = await runInSlices(clock, isBase64 ? bytesOfBase64(uri, from) : bytesOfText(uri, from));
	if (bytes === undefined) return broken('is a data URI with invalid Base64');
	if (bytes === 0) return broken('is a data URI without a file');
	const start = isBase64
		? Buffer.from(plainBase64(uri.slice(from, from + TEXT_START)), 'base64')
		: percentDecoded(uri.slice(from, from + TEXT_START));
	const reason = notAFileReason(start, bytes, head);
	return reason === undefined ? { kind: 'inspected', facts: { bytes, ...fileFacts(start) } } : broken(reason);
}

function notAFileReason(start: Buffer, bytes: number, head: string): string | undefined {
	const text = textInstead(start);
	if (text !== undefined) return text;
	if (bytes < MIN_FILE_BYTES) return `has only ${bytes} bytes, so it isn't a media file`;
	return contradiction(/^\s*[\w.+-]+\/[\w.+-]+/.exec(head)?.[0].trim().toLowerCase() ?? '', start);
}

function broken(reason: string): MediaProbe {
	return { kind: 'unusable', reason, isBroken: true };
}

/** @returns undefined when it is invalid; all of it is checked, because a truncated or joined text is valid at both ends */
function* bytesOfBase64(text: string, from: number): Generator<void, number | undefined> {
	let length = 0;
	let padding = 0;
	for (const piece of piecesOf(text, from)) {
		// A test for invalid characters never backtracks, whatever the text is.
		const plain = /[^A-Za-z0-9+/_-]/.test(piece) ? plainBase64(piece) : piece;
		const [, content = '', end] = /^([A-Za-z0-9+/_-]*)(={0,2})$/.exec(plain) ?? [];
		if (end === undefined || (padding > 0 && content !== '')) return undefined;
		length += content.length;
		padding += end.length;
		yield;
	}
	// Four characters are three bytes, so a single one can't be left over. Some encoders omit the padding.
	return length % 4 === 1 || padding > 2 ? undefined : Math.floor((length * 3) / 4);
}

function* bytesOfText(text: string, from: number): Generator<void, number> {
	let bytes = 0;
	for (const piece of piecesOf(text, from)) {
		bytes += Buffer.byteLength(piece.replace(/%[0-9a-f]{2}/gi, '0'));
		yield;
	}
	return bytes;
}

function* piecesOf(text: string, from: number): Generator<string> {
	for (let at = from, end = from; at < text.length; at = end) {
		end = at + PIECE_LENGTH;
		// Doesn't separate a percent sign from its two digits.
		end += text.slice(end - 2, end).indexOf('%') + 1;
		yield text.slice(at, end);
	}
}

/** Base64 without the line breaks and escapes that mail programs and browsers add. */
function plainBase64(text: string): string {
	const decoded = text.includes('%') ? percentDecoded(text).toString('latin1') : text;
	return decoded.replace(/\s+/g, '');
}

/** By hand, because a text may consist of escapes only, and calling a function for each of them takes seconds. */
function percentDecoded(text: string): Buffer {
	const bytes = Buffer.from(text);
	let length = 0;
	for (let at = 0; at < bytes.length; at++, length++) {
		const isEscape = bytes[at] === 0x25 && hexFigure(bytes[at + 1]) >= 0 && hexFigure(bytes[at + 2]) >= 0;
		bytes[length] = isEscape ? hexFigure(bytes[at + 1]) * 16 + hexFigure(bytes[at + 2]) : (bytes[at] ?? 0);
		if (isEscape) at += 2;
	}
	return bytes.subarray(0, length);
}

function hexFigure(code = 0): number {
	const letter = code | 0x20;
	if (code >= 0x30 && code <= 0x39) return code - 0x30;
	return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}
