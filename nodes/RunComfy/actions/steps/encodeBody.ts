import type { Clock } from '../../shared/clock';
import { invalidInput, RunComfyFailure } from '../../shared/failure';
import { targetKeys, type JobTarget } from '../../shared/job';
import { isJsonObject } from '../../shared/json';
import { BYTES_PER_MB } from '../../shared/units';
import { TimeSlice } from '../../shared/timeSlice';
import { base64Length, type BinaryInput } from './binaryInputs';

/** The limit for the body of a submit, as RunComfy's own clients have it for bodies with files. Bytes. */
const MAX_BODY_BYTES = 64 * BYTES_PER_MB;

/** Longer texts are written piece by piece. Characters. */
const PIECE_LENGTH = 64 * 1024;

/** The input of a submit, with placeholders for its files. */
export interface InputWithFiles {
	body: Record<string, unknown>;
	files: BinaryInput[];
}

/** The memory that the body of a submit takes. Bytes; texts count as one byte per character. */
export function encodedBytes({ body, files }: InputWithFiles): number {
	return files.reduce((sum, file) => sum + encodedFileBytes(file), textLength(body));
}

/**
 * Writes the body of a submit as JSON, with files as data URIs in place of their placeholders. It is written in pieces,
 * because a text of 64 MB would block n8n and exist twice.
 *
 * @throws RunComfyFailure `invalid_input` when a file has changed since it was checked
 */
export async function encodeBody(clock: Clock, { body, files }: InputWithFiles): Promise<Buffer> {
	const turns = new TimeSlice(clock);
	const byPlaceholder = new Map(files.map((file) => [file.placeholder, file]));
	const pieces: Array<Buffer | BinaryInput> = [];
	let size = 0;
	for (const piece of jsonPieces(body, byPlaceholder)) {
		const written = typeof piece === 'string' ? Buffer.from(piece) : piece;
		pieces.push(written);
		size += Buffer.isBuffer(written) ? written.length : encodedFileBytes(written);
		if (turns.isUsedUp()) await turns.renew();
	}
	const bytes = Buffer.allocUnsafe(size);
	let at = 0;
	for (const piece of pieces) {
		if (Buffer.isBuffer(piece)) at += piece.copy(bytes, at);
		else {
			const end = at + encodedFileBytes(piece);
			at += bytes.write(piece.prefix, at, 'latin1');
			for await (const text of piece.base64()) {
				if (at + text.length > end) break;
				at += bytes.write(text, at, 'latin1');
				if (turns.isUsedUp()) await turns.renew();
			}
			if (at !== end)
				throw invalidInput(
					`The file for "${piece.field}" changed while it was being read`,
					'Run the workflow again.',
				);
		}
		if (turns.isUsedUp()) await turns.renew();
	}
	return bytes;
}

/**
 * The JSON of a value in pieces, with a file in place of its placeholder.
 *
 * @param entriesOf the entries of an object that are written, in their order; all of them by default
 */
export function* jsonPieces(
	value: unknown,
	files: Map<unknown, BinaryInput>,
	entriesOf: (object: Record<string, unknown>) => Iterable<[string, unknown]> = Object.entries,
): Generator<string | BinaryInput> {
	const file = files.get(value);
	if (file) {
		yield '"';
		yield file;
		yield '"';
	} else if (typeof value === 'string' && value.length > PIECE_LENGTH) {
		yield '"';
		for (let at = 0; at < value.length; at += PIECE_LENGTH)
			yield JSON.stringify(value.slice(at, at + PIECE_LENGTH)).slice(1, -1);
		yield '"';
	} else if (Array.isArray(value)) {
		for (const [index, entry] of value.entries()) {
			yield index === 0 ? '[' : ',';
			yield* jsonPieces(entry ?? null, files, entriesOf);
		}
		yield value.length === 0 ? '[]' : ']';
	} else if (isJsonObject(value)) {
		let isFirst = true;
		for (const [name, entry] of entriesOf(value)) {
			if (entry === undefined) continue;
			yield `${isFirst ? '{' : ','}${JSON.stringify(name)}:`;
			yield* jsonPieces(entry, files, entriesOf);
			isFirst = false;
		}
		yield isFirst ? '{}' : '}';
	} else {
		// A whole number that JavaScript can't represent is sent with all its digits.
		yield typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? 'null');
	}
}

function encodedFileBytes({ prefix, bytes }: BinaryInput): number {
	return prefix.length + base64Length(bytes);
}

function textLength(value: unknown): number {
	if (typeof value === 'string') return value.length;
	if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + textLength(entry), 0);
	return isJsonObject(value) ? textLength(Object.values(value)) : 8;
}

/** @throws RunComfyFailure `media_rejected` when the files are too large to send */
export function requireSendable(target: JobTarget, { body, files }: InputWithFiles): void {
	const bytesOfFiles = files.reduce((sum, { bytes }) => sum + base64Length(bytes), dataUriBytes(body));
	if (bytesOfFiles <= MAX_BODY_BYTES) return;
	throw new RunComfyFailure({
		message: `The files of this request are too large to send: ${Math.ceil(bytesOfFiles / BYTES_PER_MB)} MB as text, but the limit is 64 MB (about 48 MB of files)`,
		description: 'Upload them to a web server and enter their URLs instead.',
		code: 'media_rejected',
		...targetKeys(target),
		retryable: false,
		charged: 'no',
	});
}

function dataUriBytes(value: unknown): number {
	if (typeof value === 'string') return /^data:/i.test(value) ? value.length : 0;
	if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + dataUriBytes(entry), 0);
	return typeof value === 'object' && value !== null ? dataUriBytes(Object.values(value)) : 0;
}
