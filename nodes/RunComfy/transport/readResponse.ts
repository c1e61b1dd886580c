import type { Clock } from '../shared/clock';
import { throwAsIs } from '../shared/failure';
import { TimeSlice } from '../shared/timeSlice';
import { parseResponseJson } from './responseJson';
import { JsonReader } from './jsonReader';
import type { ByteStream } from '../shared/byteStream';
import { destroyQuietly } from './openStream';

/** So much is read at once; what is longer is read piece by piece. Bytes. */
const SMALL_BYTES = 512 * 1024;
/** What is kept of a long text for a message. Characters. */
const KEPT_TEXT = 64 * 1024;

/** Where an answer comes from. */
export interface ResponseSource {
	body: ByteStream;
	/** Blanks out the token. */
	redact: (text: string) => string;
	clock: Clock;
	/** What is longer is no answer that anybody means. */
	maxBytes: number;
}

/** The body of an answer. */
export interface ResponseBody {
	/** With the token blanked out; only the beginning where it is long. */
	text: string;
	/** undefined where it is no JSON, or longer than anything that is meant. */
	json: unknown;
}

/**
 * Reads the body of an answer. A service may answer anything, a web page of 20 MB for example: what cannot be JSON is not read
 * to its end, and what is long is read in turns.
 *
 * @throws what the connection throws when it breaks off, with what had come in `partialText`
 */
export async function readResponse(source: ResponseSource): Promise<ResponseBody> {
	const { body, redact } = source;
	const chunks: Buffer[] = [];
	let length = 0;
	const iterator = body[Symbol.asyncIterator]();
	const read = async () =>
		await iterator
			.next()
			.catch((error: unknown) => throwAsIs(withText(error, beginning(Buffer.concat(chunks), redact))));
	for (let next = await read(); !next.done; next = await read()) {
		chunks.push(next.value);
		length += next.value.length;
		if (length <= SMALL_BYTES) continue;
		const start = Buffer.concat(chunks);
		if (mayBeJson(start)) return await readLong(start, iterator, source);
		destroyQuietly(body);
		return { text: beginning(start, redact), json: undefined };
	}
	// Before it is parsed: whatever spelling JSON has for the token is gone from every depth then.
	const text = redact(Buffer.concat(chunks).toString());
	return { text, json: parseResponseJson(text) };
}

async function readLong(
	start: Buffer,
	rest: AsyncIterator<Buffer>,
	{ body, redact, clock, maxBytes }: ResponseSource,
): Promise<ResponseBody> {
	const reader = new JsonReader();
	const turns = new TimeSlice(clock);
	const decoder = new TextDecoder();
	const text = beginning(start, redact);
	let length = 0;
	/** The end of what came: a token may have begun in it. */
	let held = '';
	try {
		for (let chunk: Buffer | undefined = start; chunk !== undefined;) {
			length += chunk.length;
			if (length > maxBytes) throw new SyntaxError('it is too long');
			const redacted = redact(held + decoder.decode(chunk, { stream: true }));
			const end = Math.max(0, redacted.length - MAX_SPELLING);
			reader.push(redacted.slice(0, end));
			held = redacted.slice(end);
			if (turns.isUsedUp()) await turns.renew();
			const next = await rest.next();
			chunk = next.done ? undefined : next.value;
		}
		reader.push(redact(held + decoder.decode()));
		return { text, json: reader.end() };
	} catch (error) {
		destroyQuietly(body);
		return error instanceof SyntaxError ? { text, json: undefined } : throwAsIs(withText(error, text));
	}
}

/** No spelling of a token that is blanked out is longer. Characters. */
const MAX_SPELLING = 8_192;

/** What had come when the connection broke off may still name a request. */
function withText(error: unknown, text: string): unknown {
	return typeof error === 'object' && error !== null ? Object.assign(error, { partialText: text }) : error;
}

/** Cut only when the token is gone: half of one would not be recognised. */
function beginning(bytes: Buffer, redact: (text: string) => string): string {
	return redact(bytes.toString()).slice(0, KEPT_TEXT);
}

function mayBeJson(start: Buffer): boolean {
	return /^(\ufeff)?\s*[{["]/.test(start.subarray(0, 1_024).toString());
}
