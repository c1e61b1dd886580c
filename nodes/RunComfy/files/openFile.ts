import type { IExecuteFunctions } from 'n8n-workflow';

import type { Clock } from '../shared/clock';
import { BYTES_PER_MB } from '../shared/units';
import type { ByteStream } from '../shared/byteStream';
import { destroyQuietly, openStream, type StreamResponse } from '../transport/openStream';
import { isHtmlType } from '../shared/textContent';
import { DownloadProblem } from '../shared/downloadProblem';
import { nameInDisposition } from './fileName';
import { retryAfterMs } from '../transport/retryPolicy';
import { denyReason, type HostPolicy } from './hostPolicy';

/** How long the server may take to start responding. Milliseconds. */
const ANSWER_TIMEOUT_MS = 60_000;

/** The limits of a download. */
export interface DownloadRules {
	policy: HostPolicy;
	/** Bytes. */
	maxBytes: number;
	/** Ends everything. */
	signal: AbortSignal;
	clock: Clock;
}

/** A file that is about to be transferred. */
export interface OpenedFile {
	body: ByteStream;
	/** Names in lower case. */
	headers: Record<string, string | undefined>;
	/** Of the whole file, in bytes, if the server sends it. */
	length?: number;
	/** Identifies this content among others at the same URL: a strong ETag, or the Last-Modified date. */
	validator?: string;
}

/** The byte to resume at, and the content that it belongs to. */
export interface ResumePoint {
	from: number;
	length: number;
	validator: string;
}

/**
 * Requests a file, or the rest of one, and checks what can be known before its bytes arrive.
 *
 * @param signal ends the call and the body
 * @throws DownloadProblem
 * @throws StreamRefused when the URL, or one it is redirected to, is not allowed
 */
export async function openFile(
	context: IExecuteFunctions,
	url: string,
	rules: DownloadRules,
	signal: AbortSignal,
	rest?: ResumePoint,
): Promise<OpenedFile> {
	const refuse = (hop: string) => {
		const reason = denyReason(hop, rules.policy);
		return reason && (hop === url ? `its URL ${reason}` : `it redirects to a URL that ${reason}`);
	};
	// With compression, the length would differ, and a small response could expand endlessly.
	const headers = {
		'Accept-Encoding': 'identity',
		...(rest ? { Range: `bytes=${rest.from}-`, 'If-Range': rest.validator } : {}),
	};
	const response = await openStream(context, url, { refuse, headers, timeoutMs: ANSWER_TIMEOUT_MS, signal });
	const problem = rest ? problemOfResume(response, rest) : problemOf(response, rules);
	if (problem === undefined) return { ...response, length: lengthOf(response), validator: validatorOf(response) };
	destroyQuietly(response.body);
	throw problem;
}

function problemOf(response: StreamResponse, rules: DownloadRules): DownloadProblem | undefined {
	const { statusCode, headers } = response;
	if (statusCode === 401 || statusCode === 403) {
		return new DownloadProblem(`access was denied; the URL may have expired (HTTP ${statusCode})`, {
			mayAppearSoon: statusCode === 403,
		});
	}
	if (statusCode === 404 || statusCode === 410) {
		return new DownloadProblem(`there is no file at its URL (HTTP ${statusCode})`, {
			mayAppearSoon: statusCode === 404,
			isNotAFile: true,
		});
	}
	if (statusCode !== 200) {
		const isTransient = [408, 425, 429].includes(statusCode) || statusCode >= 500;
		const askedMs = retryAfterMs(headers['retry-after'], rules.clock.date());
		return new DownloadProblem(`the file server returned HTTP ${statusCode}`, {
			isTransient,
			retryAfterMs: askedMs,
		});
	}
	if (
		isHtmlType(headers['content-type']) &&
		!/\.html?$/i.test(nameInDisposition(headers['content-disposition']) ?? '')
	) {
		return new DownloadProblem('the file server returned a web page instead', { isNotAFile: true });
	}
	return (lengthOf(response) ?? 0) > rules.maxBytes ? tooLarge(rules) : undefined;
}

/** The rest is accepted only if it certainly belongs to what has been received. */
function problemOfResume(response: StreamResponse, rest: ResumePoint): DownloadProblem | undefined {
	const [, from, length] = /^bytes (\d+)-\d+\/(\d+)$/.exec(response.headers['content-range'] ?? '') ?? [];
	const continues = response.statusCode === 206 && Number(from) === rest.from && Number(length) === rest.length;
	if (continues && validatorOf(response) === rest.validator) return undefined;
	return new DownloadProblem("the connection was lost, and the file server doesn't send the rest", {
		isTransient: true,
	});
}

/** The announced length in bytes, unless the response is compressed. */
function lengthOf({ headers }: StreamResponse): number | undefined {
	const announced = headers['content-length'];
	if (announced === undefined || headers['content-encoding'] !== undefined) return undefined;
	const length = Number(announced);
	return Number.isInteger(length) && length >= 0 ? length : undefined;
}

function validatorOf({ headers }: StreamResponse): string | undefined {
	const { etag } = headers;
	if (etag === undefined) return headers['last-modified'];
	// Servers use weak ETags for bodies that they transform.
	return etag.startsWith('"') ? etag : undefined;
}

/** The file is larger than Max File Size. */
export function tooLarge({ maxBytes }: DownloadRules): DownloadProblem {
	return new DownloadProblem(`it is larger than Max File Size (${Number((maxBytes / BYTES_PER_MB).toFixed(2))} MB)`);
}
