import type { IExecuteFunctions } from 'n8n-workflow';

import { readStart } from '../shared/byteStream';
import type { Clock } from '../shared/clock';
import { ExecutionStopped } from '../shared/failure';
import { looksLikeHtml, shownType } from '../shared/signatures';
import {
	destroyQuietly,
	openStream,
	StreamRefused,
	TooManyRedirects,
	type StreamAnswer,
} from '../transport/openStream';
import { isPrivateUrl, isSameOrigin } from './addressPolicy';
import { fileFacts, imageFacts } from './fileFacts';
import { textInstead } from './mediaKind';
import type { MediaProbe } from './mediaProbe';

export type { MediaProbe } from './mediaProbe';

/** How much of a file is fetched: enough for most headers first, then for one with a large preview in it. Bytes. */
const FIRST_BYTES = 64 * 1024;
const MAX_BYTES = 1024 * 1024;

/** What a look needs. */
export interface ProbeOptions {
	context: IExecuteFunctions;
	clock: Clock;
	/** The one origin that may be private. */
	modelApiUrl: string;
	/** Whether the sides of a picture are wanted. */
	needsDimensions: boolean;
	/** For all calls of the look and their bodies. Milliseconds. */
	limitMs: number;
	signal?: AbortSignal;
}

/**
 * Looks at a file on the web, and fetches no more of it than its header needs.
 *
 * @throws ExecutionStopped at once when the signal fires
 */
export async function probeMedia(url: string, options: ProbeOptions): Promise<MediaProbe> {
	const over = new AbortController();
	const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
	let soFar: MediaProbe | undefined;
	const tooLate = async (): Promise<MediaProbe> => {
		await options.clock.sleep(options.limitMs, signal);
		return soFar ?? { kind: 'unseen', reason: "its server didn't respond in time", fault: 'timeout' };
	};
	try {
		// n8n asks the DNS before some calls, which no signal ends.
		const look = lookOnWeb(url, { ...options, signal }, (first) => {
			soFar = first;
		});
		return await Promise.race([tooLate(), look]);
	} finally {
		over.abort();
		if (options.signal?.aborted) throw new ExecutionStopped();
	}
}

/** With the signal of the look itself. */
type Look = ProbeOptions & { signal: AbortSignal };

/** @param onFirst gets what is known when there is more to come */
async function lookOnWeb(url: string, options: Look, onFirst: (look: MediaProbe) => void): Promise<MediaProbe> {
	const first = await fetchStart(url, FIRST_BYTES, options);
	if (!('start' in first) || !options.needsDimensions) return toLook(first);
	const isWhole = first.bytes !== undefined && first.bytes <= first.start.length;
	if (imageFacts(first.start) || isWhole || !first.couldContinue) return toLook(first);
	onFirst(toLook(first));
	const more = await fetchStart(url, MAX_BYTES, options);
	return toLook('start' in more ? more : first);
}

/** The first bytes of a file, and how many there are in all where the server says so. */
interface FileStart {
	start: Buffer;
	bytes?: number;
	/** Whether there is more of it than was read. */
	couldContinue: boolean;
}

type Failed = Exclude<MediaProbe, { kind: 'seen' }>;

function toLook(file: FileStart | Failed): MediaProbe {
	if (!('start' in file)) return file;
	return { kind: 'seen', facts: { bytes: file.bytes, ...fileFacts(file.start) } };
}

async function fetchStart(
	url: string,
	most: number,
	{ context, modelApiUrl, limitMs, signal }: Look,
): Promise<FileStart | Failed> {
	try {
		const answer = await openStream(context, url, {
			refuse: (hop) => refusal(hop, modelApiUrl),
			// Compressed, its length would be another one.
			headers: { Range: `bytes=0-${most - 1}`, 'Accept-Encoding': 'identity' },
			// The look's own limit comes first, and tells what happened.
			timeoutMs: limitMs * 2,
			signal,
		});
		signal.addEventListener('abort', () => destroyQuietly(answer.body), { once: true });
		if (signal.aborted) destroyQuietly(answer.body);
		return await judge(answer, most);
	} catch (error) {
		if (error instanceof TooManyRedirects) return { kind: 'unseen', reason: 'its server redirects endlessly' };
		if (error instanceof StreamRefused) return { kind: 'unusable', reason: error.message };
		return { kind: 'unseen', reason: "its server can't be reached from n8n", fault: 'unreachable' };
	}
}

/** Told of every media URL, also when nothing is fetched. */
export const PRIVATE = "is a private or local URL, which RunComfy can't reach";

function refusal(url: string, modelApiUrl: string): string | undefined {
	if (!/^https?:/i.test(url)) return "redirects to something that isn't a web URL";
	return isPrivateUrl(url) && !isSameOrigin(url, modelApiUrl) ? PRIVATE : undefined;
}

async function judge(answer: StreamAnswer, most: number): Promise<FileStart | Failed> {
	const { statusCode, headers } = answer;
	if (statusCode === 404 || statusCode === 410) {
		destroyQuietly(answer.body);
		return { kind: 'unusable', reason: `doesn't exist (HTTP ${statusCode})` };
	}
	if (statusCode !== 200 && statusCode !== 206) {
		destroyQuietly(answer.body);
		return { kind: 'unseen', reason: `its server returned HTTP ${statusCode}` };
	}
	// A server may ignore the range and send it all.
	const start = (await readStart(answer.body[Symbol.asyncIterator](), most)).subarray(0, most);
	destroyQuietly(answer.body);
	const bytes = totalBytes(answer);
	// An answer without a file may be a slip of the server; a web page is what people get who copy the wrong URL.
	if (start.length === 0 && bytes === 0) return { kind: 'unseen', reason: 'its server returned nothing' };
	const isPage =
		/^text\/html\b/i.test(headers['content-type'] ?? '') && shownType(start) === undefined && !imageFacts(start);
	if (isPage || looksLikeHtml(start)) return { kind: 'unusable', reason: 'is a web page, not a media file' };
	if (textInstead(start) !== undefined)
		return { kind: 'unseen', reason: 'its server returned text (JSON or XML) instead of a media file' };
	return { start, bytes, couldContinue: bytes === undefined || bytes > start.length };
}

function totalBytes({ statusCode, headers }: StreamAnswer): number | undefined {
	const ranged = /\/(\d+)\s*$/.exec(headers['content-range'] ?? '')?.[1];
	if (ranged !== undefined) return Number(ranged);
	const whole = headers['content-length'];
	if (statusCode !== 200 || whole === undefined || headers['content-encoding'] !== undefined) return undefined;
	return Number.isFinite(Number(whole)) ? Number(whole) : undefined;
}
