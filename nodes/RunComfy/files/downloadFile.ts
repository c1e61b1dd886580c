import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { ExecutionStopped, rethrow } from '../shared/failure';
import { BYTES_PER_MB } from '../shared/units';
import { discard, openStream, StreamRefused, type StreamAnswer } from '../transport/openStream';
import { safeFileName } from './fileName';
import { isAllowedFileUrl, type HostPolicy } from './hostPolicy';
import { mimeTypeOf } from './mediaTypes';

const MAX_TRIES = 3;
const PAUSE_MS = 1_000;
/** Milliseconds until the server has to start answering, and until the whole file has to be here. */
const ANSWER_TIMEOUT_MS = 60_000;
const FILE_TIMEOUT_MS = 30 * 60_000;

/** What a download may do. */
export interface DownloadRules {
	policy: HostPolicy;
	/** Bytes. */
	maxBytes: number;
	signal?: AbortSignal;
	/** Waits between two tries, in milliseconds. */
	sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** A file in n8n's store. */
export interface DownloadedFile {
	binary: IBinaryData;
	fileName: string;
	mimeType: string;
	bytes: number;
}

/** Why a file could not be had, in words that go on after "the file". */
export class DownloadProblem extends Error {
	constructor(
		message: string,
		/** Whether another try may help. */
		readonly passing: boolean,
	) {
		super(message);
		this.name = 'DownloadProblem';
	}
}

/**
 * Streams one file into n8n's binary store, without the API token. A file that breaks off is fetched again.
 *
 * @throws DownloadProblem with the reason
 * @throws ExecutionStopped
 */
export async function downloadFile(
	context: IExecuteFunctions,
	url: string,
	fallbackName: string,
	rules: DownloadRules,
): Promise<DownloadedFile> {
	for (let tries = 1; ; tries++) {
		const outcome = await tryDownload(context, url, fallbackName, rules);
		if (!(outcome instanceof DownloadProblem)) return outcome;
		if (!outcome.passing || tries === MAX_TRIES) throw outcome;
		await rules.sleep(PAUSE_MS * tries, rules.signal);
	}
}

async function tryDownload(
	context: IExecuteFunctions,
	url: string,
	fallbackName: string,
	rules: DownloadRules,
): Promise<DownloadedFile | DownloadProblem> {
	const limit = AbortSignal.timeout(FILE_TIMEOUT_MS);
	const signal = rules.signal ? AbortSignal.any([rules.signal, limit]) : limit;
	try {
		return await store(context, await open(context, url, rules, signal), url, fallbackName, rules);
	} catch (error) {
		if (rules.signal?.aborted) rethrow(new ExecutionStopped());
		if (error instanceof DownloadProblem) return error;
		if (error instanceof StreamRefused) return new DownloadProblem(error.message, false);
		return new DownloadProblem('the connection broke off', true);
	}
}

async function open(context: IExecuteFunctions, url: string, rules: DownloadRules, signal: AbortSignal): Promise<StreamAnswer> {
	const refuse = (hop: string) =>
		isAllowedFileUrl(hop, rules.policy) ? undefined : 'it is redirected to a host that is not allowed';
	const answer = await openStream(context, url, { refuse, timeoutMs: ANSWER_TIMEOUT_MS, signal });
	const problem = problemOf(answer, rules);
	if (problem === undefined) return answer;
	discard(answer.body);
	throw problem;
}

function problemOf(answer: StreamAnswer, rules: DownloadRules): DownloadProblem | undefined {
	const { statusCode, headers } = answer;
	if (statusCode === 403 || statusCode === 404 || statusCode === 410) {
		return new DownloadProblem(`it is no longer there (HTTP ${statusCode})`, false);
	}
	if (statusCode !== 200) {
		return new DownloadProblem(`the file server answered with HTTP ${statusCode}`, statusCode === 429 || statusCode >= 500);
	}
	if (/^text\/html\b/i.test(headers['content-type'] ?? '')) {
		return new DownloadProblem('the file server answered with a web page instead', false);
	}
	return lengthOf(answer) !== undefined && Number(lengthOf(answer)) > rules.maxBytes ? tooLarge(rules) : undefined;
}

async function store(
	context: IExecuteFunctions,
	answer: StreamAnswer,
	url: string,
	fallbackName: string,
	rules: DownloadRules,
): Promise<DownloadedFile> {
	const mimeType = mimeTypeOf(answer.headers['content-type'], new URL(url).pathname);
	const fileName = safeFileName(url, mimeType, fallbackName);
	let bytes = 0;
	const counted = answer.body.map((chunk) => {
		bytes += chunk.length;
		if (bytes > rules.maxBytes) throw tooLarge(rules);
		return chunk;
	});
	const binary = await context.helpers.prepareBinaryData(
		counted as unknown as Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0],
		fileName,
		mimeType,
	);
	const announced = lengthOf(answer);
	if (announced !== undefined && announced !== bytes) {
		throw new DownloadProblem(`only ${bytes} of its ${announced} bytes arrived`, true);
	}
	return { binary, fileName, mimeType, bytes };
}

/** The announced length in bytes; what a compressed answer announces is another length. */
function lengthOf(answer: StreamAnswer): number | undefined {
	const announced = answer.headers['content-length'];
	if (announced === undefined || answer.headers['content-encoding'] !== undefined) return undefined;
	const length = Number(announced);
	return Number.isInteger(length) && length >= 0 ? length : undefined;
}

function tooLarge(rules: DownloadRules): DownloadProblem {
	return new DownloadProblem(`it is larger than Max File Size (${Math.round(rules.maxBytes / BYTES_PER_MB)} MB)`, false);
}
