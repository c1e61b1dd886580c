import type { IExecuteFunctions } from 'n8n-workflow';

import { looksLikeHtml } from '../failures/serverText';
import { discard, openStream, StreamRefused, TooManyRedirects, type StreamAnswer } from '../transport/openStream';
import { isPrivateUrl, isSameOrigin } from './addressPolicy';
import { fileFacts, imageFacts } from './fileFacts';
import type { MediaFacts } from './mediaRules';

/** How much of a file is fetched: enough for most headers first, then for one with a large preview in it. Bytes. */
const FIRST_BYTES = 64 * 1024;
const MOST_BYTES = 1024 * 1024;
const TIMEOUT_MS = 10_000;

/** What a look at a file showed. */
export type MediaLook =
	/** It is there. */
	| { kind: 'seen'; facts: MediaFacts }
	/** It is certain that the model cannot use it; goes on after the input's title. */
	| { kind: 'unusable'; reason: string }
	/** It could not be looked at, which says nothing about the model's own luck. */
	| { kind: 'unseen'; reason: string };

/** What a look needs. */
export interface LookOptions {
	context: IExecuteFunctions;
	/** The one origin that may be private. */
	modelApiUrl: string;
	/** Whether the sides of a picture are wanted. */
	wantsPixels: boolean;
	signal?: AbortSignal;
}

/** Looks at a file on the web or in a data URI, and fetches no more of it than its header needs. */
export async function lookAtMedia(url: string, options: LookOptions): Promise<MediaLook> {
	if (/^data:/i.test(url)) return lookAtDataUri(url);
	const first = await fetchStart(url, FIRST_BYTES, options);
	if (!('start' in first) || !options.wantsPixels) return toLook(first);
	const isWhole = first.bytes !== undefined && first.bytes <= first.start.length;
	if (imageFacts(first.start) || isWhole || !first.couldContinue) return toLook(first);
	const more = await fetchStart(url, MOST_BYTES, options);
	return toLook('start' in more ? more : first);
}

/** The first bytes of a file, and how many there are in all where the server says so. */
interface FileStart {
	start: Buffer;
	bytes?: number;
	/** Whether there is more of it than was read. */
	couldContinue: boolean;
}

type Failed = Exclude<MediaLook, { kind: 'seen' }>;

function toLook(file: FileStart | Failed): MediaLook {
	if (!('start' in file)) return file;
	return { kind: 'seen', facts: { bytes: file.bytes, ...fileFacts(file.start) } };
}

function lookAtDataUri(uri: string): MediaLook {
	const comma = uri.indexOf(',');
	const isBase64 = /;\s*base64\s*$/i.test(uri.slice(0, comma));
	const written = uri.slice(comma + 1);
	if (!isBase64) {
		const bytes = Buffer.from(percentDecoded(written), 'latin1');
		return { kind: 'seen', facts: { bytes: bytes.length, ...fileFacts(bytes) } };
	}
	const content = /[%\s]/.test(written) ? percentDecoded(written).replace(/\s+/g, '') : written;
	const padding = /={0,2}$/.exec(content.slice(-2))?.[0].length ?? 0;
	const bytes = Math.floor((content.length * 3) / 4) - padding;
	return { kind: 'seen', facts: { bytes, ...fileFacts(Buffer.from(content.slice(0, MOST_BYTES), 'base64')) } };
}

/** One character a byte. */
function percentDecoded(text: string): string {
	return text.replace(/%([0-9a-f]{2})/gi, (_match, code: string) => String.fromCharCode(parseInt(code, 16)));
}

async function fetchStart(url: string, most: number, options: LookOptions): Promise<FileStart | Failed> {
	const limit = AbortSignal.timeout(TIMEOUT_MS);
	const signal = options.signal ? AbortSignal.any([options.signal, limit]) : limit;
	try {
		const answer = await openStream(options.context, url, {
			refuse: (hop) => refusal(hop, options.modelApiUrl),
			// Compressed, its length would be another one.
			headers: { Range: `bytes=0-${most - 1}`, 'Accept-Encoding': 'identity' },
			timeoutMs: TIMEOUT_MS,
			signal,
		});
		return await judge(answer, most);
	} catch (error) {
		if (error instanceof TooManyRedirects) return { kind: 'unseen', reason: 'its server sends the call on without end' };
		if (error instanceof StreamRefused) return { kind: 'unusable', reason: error.message };
		return { kind: 'unseen', reason: limit.aborted ? 'its server did not answer in time' : 'its server cannot be reached from here' };
	}
}

/** Told of every media URL, also when nothing is fetched. */
export const PRIVATE = 'is at a private or local address, which RunComfy cannot reach';

function refusal(url: string, modelApiUrl: string): string | undefined {
	if (!/^https?:/i.test(url)) return 'is sent on to something that is no web address';
	return isPrivateUrl(url) && !isSameOrigin(url, modelApiUrl) ? PRIVATE : undefined;
}

async function judge(answer: StreamAnswer, most: number): Promise<FileStart | Failed> {
	const { statusCode, headers } = answer;
	if (statusCode === 404 || statusCode === 410) {
		discard(answer.body);
		return { kind: 'unusable', reason: `is not there (HTTP ${statusCode})` };
	}
	if (statusCode !== 200 && statusCode !== 206) {
		discard(answer.body);
		return { kind: 'unseen', reason: `its server answered with HTTP ${statusCode}` };
	}
	const start = await readStart(answer.body, most);
	const isPage = /^text\/html\b/i.test(headers['content-type'] ?? '') || looksLikeHtml(start.subarray(0, 200).toString('utf8'));
	if (isPage && !imageFacts(start)) return { kind: 'unusable', reason: 'is a web page and not a media file' };
	const bytes = totalBytes(answer);
	return { start, bytes, couldContinue: bytes === undefined || bytes > start.length };
}

/** Reads up to `most` bytes, also from a server that ignores the range and sends it all. */
async function readStart(body: StreamAnswer['body'], most: number): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of body) {
		chunks.push(chunk);
		length += chunk.length;
		if (length >= most) break;
	}
	discard(body);
	return Buffer.concat(chunks).subarray(0, most);
}

function totalBytes({ statusCode, headers }: StreamAnswer): number | undefined {
	const ranged = /\/(\d+)\s*$/.exec(headers['content-range'] ?? '')?.[1];
	if (ranged !== undefined) return Number(ranged);
	const whole = headers['content-length'];
	if (statusCode !== 200 || whole === undefined || headers['content-encoding'] !== undefined) return undefined;
	return Number.isFinite(Number(whole)) ? Number(whole) : undefined;
}
