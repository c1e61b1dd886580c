import type { IExecuteFunctions } from 'n8n-workflow';

import { readStart } from '../shared/byteStream';
import type { Clock } from '../shared/clock';
import { ExecutionStopped } from '../shared/failure';
import { detectType } from '../shared/signatures';
import { isHtml, isHtmlType } from '../shared/textContent';
import {
	destroyQuietly,
	openStream,
	StreamRefused,
	TooManyRedirects,
	type StreamResponse,
} from '../transport/openStream';
import { isPrivateUrl, isSameOrigin } from './privateUrl';
import { fileFacts, imageFacts } from './fileFacts';
import { textInstead } from './mediaKind';
import type { MediaProbe } from './mediaProbe';

export type { MediaProbe } from './mediaProbe';

/** How much of a file is fetched: first enough for most headers, then for a header with a large preview. Bytes. */
const FIRST_BYTES = 64 * 1024;
const MAX_BYTES = 1024 * 1024;

/** What a probe needs. */
export interface ProbeOptions {
	context: IExecuteFunctions;
	clock: Clock;
	/** The only origin that may be private. */
	modelApiUrl: string;
	/** Whether the dimensions of an image are needed. */
	needsDimensions: boolean;
	/** The limit for all calls of the probe and their bodies. Milliseconds. */
	limitMs: number;
	signal?: AbortSignal;
}

/**
 * Probes a file on the web, and fetches no more of it than its header needs.
 *
 * @throws ExecutionStopped at once when the signal fires
 */
export async function probeMedia(url: string, options: ProbeOptions): Promise<MediaProbe> {
	const over = new AbortController();
	const signal = options.signal ? AbortSignal.any([options.signal, over.signal]) : over.signal;
	let partial: MediaProbe | undefined;
	const tooLate = async (): Promise<MediaProbe> => {
		await options.clock.sleep(options.limitMs, signal);
		return partial ?? { kind: 'unavailable', reason: "its server didn't respond in time", fault: 'timeout' };
	};
	try {
		// n8n does a DNS lookup before some calls, which no signal ends.
		const probe = probeUrl(url, { ...options, signal }, (first) => {
			partial = first;
		});
		return await Promise.race([tooLate(), probe]);
	} finally {
		over.abort();
		if (options.signal?.aborted) throw new ExecutionStopped();
	}
}

/** With the signal of the probe itself. */
type ActiveProbe = ProbeOptions & { signal: AbortSignal };

/** @param onFirst gets what is known before more is fetched */
async function probeUrl(url: string, options: ActiveProbe, onFirst: (probe: MediaProbe) => void): Promise<MediaProbe> {
	const first = await fetchStart(url, FIRST_BYTES, options);
	if (!('start' in first) || !options.needsDimensions) return toProbe(first);
	const isWhole = first.bytes !== undefined && first.bytes <= first.start.length;
	if (imageFacts(first.start) || isWhole || !first.couldContinue) return toProbe(first);
	onFirst(toProbe(first));
	const more = await fetchStart(url, MAX_BYTES, options);
	return toProbe('start' in more ? more : first);
}

/** The first bytes of a file, and its size if the server sends it. */
interface FileStart {
	start: Buffer;
	bytes?: number;
	/** Whether the file has more bytes than were read. */
	couldContinue: boolean;
}

type Failed = Exclude<MediaProbe, { kind: 'inspected' }>;

function toProbe(file: FileStart | Failed): MediaProbe {
	if (!('start' in file)) return file;
	return { kind: 'inspected', facts: { bytes: file.bytes, ...fileFacts(file.start) } };
}

async function fetchStart(
	url: string,
	maxBytes: number,
	{ context, modelApiUrl, limitMs, signal }: ActiveProbe,
): Promise<FileStart | Failed> {
	try {
		const response = await openStream(context, url, {
			refuse: (hop) => refusal(hop, modelApiUrl),
			// With compression, the length would differ.
			headers: { Range: `bytes=0-${maxBytes - 1}`, 'Accept-Encoding': 'identity' },
			// The probe's own limit ends first, and reports what happened.
			timeoutMs: limitMs * 2,
			signal,
		});
		signal.addEventListener('abort', () => destroyQuietly(response.body), { once: true });
		if (signal.aborted) destroyQuietly(response.body);
		return await inspectResponse(response, maxBytes);
	} catch (error) {
		if (error instanceof TooManyRedirects)
			return { kind: 'unavailable', reason: 'its server redirects too many times' };
		if (error instanceof StreamRefused) return { kind: 'unusable', reason: error.message };
		return { kind: 'unavailable', reason: "its server can't be reached from n8n", fault: 'unreachable' };
	}
}

/** Said of every private media URL, even when nothing is fetched. */
export const PRIVATE = "is a private or local URL, which RunComfy can't reach";

function refusal(url: string, modelApiUrl: string): string | undefined {
	if (!/^https?:/i.test(url)) return "redirects to something that isn't a web URL";
	return isPrivateUrl(url) && !isSameOrigin(url, modelApiUrl) ? PRIVATE : undefined;
}

async function inspectResponse(response: StreamResponse, most: number): Promise<FileStart | Failed> {
	const { statusCode, headers } = response;
	if (statusCode === 404 || statusCode === 410) {
		destroyQuietly(response.body);
		return { kind: 'unusable', reason: `doesn't exist (HTTP ${statusCode})` };
	}
	if (statusCode !== 200 && statusCode !== 206) {
		destroyQuietly(response.body);
		return { kind: 'unavailable', reason: `its server returned HTTP ${statusCode}` };
	}
	// A server may ignore the range and send everything.
	const start = (await readStart(response.body[Symbol.asyncIterator](), most)).subarray(0, most);
	destroyQuietly(response.body);
	const bytes = totalBytes(response);
	// An empty response may be a server error; a web page is what users get who copied the wrong URL.
	if (start.length === 0 && bytes === 0) return { kind: 'unavailable', reason: 'its server returned nothing' };
	const isPage = isHtmlType(headers['content-type']) && detectType(start) === undefined && !imageFacts(start);
	if (isPage || isHtml(start)) return { kind: 'unusable', reason: 'is a web page, not a media file' };
	if (textInstead(start) !== undefined)
		return { kind: 'unavailable', reason: 'its server returned text (JSON or XML) instead of a media file' };
	return { start, bytes, couldContinue: bytes === undefined || bytes > start.length };
}

function totalBytes({ statusCode, headers }: StreamResponse): number | undefined {
	const ranged = /\/(\d+)\s*$/.exec(headers['content-range'] ?? '')?.[1];
	if (ranged !== undefined) return Number(ranged);
	const whole = headers['content-length'];
	if (statusCode !== 200 || whole === undefined || headers['content-encoding'] !== undefined) return undefined;
	return Number.isFinite(Number(whole)) ? Number(whole) : undefined;
}
