import type { Clock } from '../shared/clock';
import { throwAsIs } from '../shared/failure';
import { TimeSlice } from '../shared/timeSlice';
import { parseResponseJson } from './responseJson';
import { JsonReader } from './jsonReader';
import type { ByteStream } from '../shared/byteStream';
import { destroyQuietly } from './openStream';

/** Bodies up to this size are parsed at once, longer ones piece by piece. Bytes. */
const SMALL_BYTES = 512 * 1024;
/** How much of a long text is kept for messages. Characters. */
const KEPT_TEXT = 64 * 1024;

/** What to read, and how. */
export interface ResponseSource {
	body: ByteStream;
	/** Blanks out the token. */
	redact: (text: string) => string;
	clock: Clock;
	/** Longer bodies are not accepted. */
	maxBytes: number;
}

/** The body of a response. */
export interface ResponseBody {
	/** With the token blanked out; only the beginning if it is long. */
	text: string;
	/** undefined when it is not JSON, or too long. */
	json: unknown;
}

/**
 * Reads the body of a response. A service may send anything, such as a web page of 20 MB: what can't be JSON is not
 * read to its end, and long bodies are read without blocking n8n.
 *
 * @throws what the connection throws when it is lost, with what had arrived in `partialText`
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
	// Redacted before parsing, so that the token is gone in every spelling and at every depth.
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
	/** The end of what has arrived, because a token may begin in it. */
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

/** What had arrived when the connection was lost may still contain a request ID. */
function withText(error: unknown, text: string): unknown {
	return typeof error === 'object' && error !== null ? Object.assign(error, { partialText: text }) : error;
}

/** Truncated only after redaction: half a token would not be recognized. */
function beginning(bytes: Buffer, redact: (text: string) => string): string {
	return redact(bytes.toString()).slice(0, KEPT_TEXT);
}

function mayBeJson(start: Buffer): boolean {
	return /^(\ufeff)?\s*[{["]/.test(start.subarray(0, 1_024).toString());
}
