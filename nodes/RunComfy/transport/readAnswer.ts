import type { Clock } from '../shared/clock';
import { rethrow } from '../shared/failure';
import { Turns } from '../shared/turns';
import { parseAnswerJson } from './answerJson';
import { JsonReader } from './jsonReader';
import type { ByteStream } from '../shared/byteStream';
import { discard } from './openStream';

/** So much is read at once; what is longer is read piece by piece. Bytes. */
const SMALL_BYTES = 512 * 1024;
/** A result may hold files as data URIs; nothing that is meant is longer. Bytes. */
const MAX_BYTES = 96 * 1024 * 1024;
/** What is kept of a long text for a message. Characters. */
const KEPT_TEXT = 64 * 1024;

/** The body of an answer. */
export interface AnswerBody {
	/** With the token blanked out; only the beginning where it is long. */
	text: string;
	/** undefined where it is no JSON, or longer than anything that is meant. */
	json: unknown;
}

/**
 * Reads the body of an answer. A service may answer anything, a web page of 20 MB for example: what cannot be JSON is not read
 * to its end, and what is long is read in turns.
 *
 * @param redact blanks out the token
 * @throws what the connection throws when it breaks off
 */
export async function readAnswer(body: ByteStream, redact: (text: string) => string, clock: Clock): Promise<AnswerBody> {
	const chunks: Buffer[] = [];
	let length = 0;
	const iterator = body[Symbol.asyncIterator]();
	for (let next = await iterator.next(); !next.done; next = await iterator.next()) {
		chunks.push(next.value);
		length += next.value.length;
		if (length <= SMALL_BYTES) continue;
		const start = Buffer.concat(chunks);
		if (mayBeJson(start)) return await readLong(start, iterator, body, redact, clock);
		discard(body);
		return { text: redact(start.subarray(0, KEPT_TEXT).toString()), json: undefined };
	}
	// Before it is parsed: whatever spelling JSON has for the token is gone from every depth then.
	const text = redact(Buffer.concat(chunks).toString());
	return { text, json: parseAnswerJson(text) };
}

async function readLong(start: Buffer, rest: AsyncIterator<Buffer>, body: ByteStream, redact: (text: string) => string, clock: Clock): Promise<AnswerBody> {
	const reader = new JsonReader();
	const turns = new Turns(clock);
	const decoder = new TextDecoder();
	const text = redact(start.subarray(0, KEPT_TEXT).toString());
	let length = 0;
	let held = '';
	try {
		for (let chunk: Buffer | undefined = start; chunk !== undefined; ) {
			length += chunk.length;
			if (length > MAX_BYTES) throw new SyntaxError('it is too long');
			held += decoder.decode(chunk, { stream: true });
			const end = placeToCut(held);
			reader.push(redact(held.slice(0, end)));
			held = held.slice(end);
			if (turns.isOver()) await turns.next();
			const next = await rest.next();
			chunk = next.done ? undefined : next.value;
		}
		reader.push(redact(held + decoder.decode()));
		return { text, json: reader.end() };
	} catch (error) {
		discard(body);
		return error instanceof SyntaxError ? { text, json: undefined } : rethrow(error);
	}
}

/** What a token cannot hold: there a text may be cut without cutting one. A very long text without such a place is cut anywhere. */
function placeToCut(text: string): number {
	const place = Math.max(text.lastIndexOf('"'), text.lastIndexOf(','), text.lastIndexOf(' '), text.lastIndexOf('\n'));
	return place === -1 ? (text.length > KEPT_TEXT ? text.length - MAX_SPELLING : 0) : place;
}

/** The longest that a token may be in any spelling that answers use. Characters. */
const MAX_SPELLING = 4_096;

function mayBeJson(start: Buffer): boolean {
	return /^(\ufeff)?\s*[{["]/.test(start.subarray(0, 1_024).toString());
}
