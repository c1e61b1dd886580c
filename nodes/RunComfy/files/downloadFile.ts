import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { ExecutionStopped } from '../failures/failure';
import { safeFileName } from './fileName';
import { isAllowedFileUrl, type HostPolicy } from './hostPolicy';
import { mimeTypeOf } from './mediaTypes';

const MAX_REDIRECTS = 5;
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

/** A readable stream, as far as this file uses it: n8n forbids the import of node:stream. */
interface ByteStream {
	map(transform: (chunk: Buffer) => Buffer): ByteStream;
	destroy(error?: Error): void;
	on(event: 'error', listener: (error: Error) => void): void;
}

interface StreamAnswer {
	body: ByteStream;
	headers: Record<string, string | undefined>;
	statusCode: number;
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
		if (rules.signal?.aborted) {
			const stopped = new ExecutionStopped();
			throw stopped;
		}
		if (error instanceof DownloadProblem) return error;
		return new DownloadProblem('the connection broke off', true);
	}
}

/** Follows redirects by hand, because each hop has to be allowed. */
async function open(
	context: IExecuteFunctions,
	url: string,
	rules: DownloadRules,
	signal: AbortSignal,
): Promise<StreamAnswer> {
	let current = url;
	for (let hops = 0; hops <= MAX_REDIRECTS; hops++) {
		if (!isAllowedFileUrl(current, rules.policy)) {
			throw new DownloadProblem('it is redirected to a host that is not allowed', false);
		}
		const answer = (await context.helpers.httpRequest({
			url: current,
			encoding: 'stream',
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			disableFollowRedirect: true,
			timeout: ANSWER_TIMEOUT_MS,
			abortSignal: signal,
		})) as StreamAnswer;
		const location = answer.headers.location;
		if (answer.statusCode >= 300 && answer.statusCode < 400 && location && URL.canParse(location, current)) {
			discard(answer.body);
			current = new URL(location, current).href;
			continue;
		}
		const problem = problemOf(answer, rules);
		if (problem === undefined) return answer;
		discard(answer.body);
		throw problem;
	}
	throw new DownloadProblem('it is redirected too often', false);
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
	return new DownloadProblem(`it is larger than Max File Size (${Math.round(rules.maxBytes / 1_048_576)} MB)`, false);
}

/** Ends a stream nobody reads; what it still has to say about that is of no interest. */
function discard(body: ByteStream): void {
	body.on('error', () => {});
	body.destroy();
}
