import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { imageFacts } from '../media/fileFacts';
import { ExecutionStopped, rethrow } from '../shared/failure';
import { checkStore, putIntoStore, storeCost } from './binaryStore';
import { DownloadProblem } from './downloadProblem';
import { nameInDisposition, nameInUrl, safeFileName } from './fileName';
import { agreedMimeType, kindOfFileName } from './mediaTypes';
import type { DownloadRules } from './openFile';
import { looksLikeAnswer, typeOfBytes } from '../shared/signatures';
import { Transfer } from './transfer';

const MAX_TRIES = 3;
const PAUSE_MS = 1_000;

/** How much of a file is read before it goes into the store: enough for the headers of pictures. Bytes. */
const START_BYTES = 64 * 1024;

/** A file in n8n's store. */
export interface DownloadedFile {
	binary: IBinaryData;
	fileName: string;
	mimeType: string;
	bytes: number;
	/** In pixels, of images whose first bytes tell. */
	width?: number;
	height?: number;
	warning?: string;
}

/** Where a file belongs. */
export interface FilePlace {
	/** Its name where nobody gives it one. */
	fallbackName: string;
	/** Changes a name that another file of the item has. */
	uniqueName: (name: string) => string;
	/** Called when the file starts to come; `bytes` where its server tells. */
	onStart: (bytes: number | undefined) => void;
}

/**
 * Streams one file into n8n's binary store, without the API token. A file that breaks off is taken up again where that is
 * safe, and fetched anew otherwise.
 *
 * @throws DownloadProblem with the reason
 * @throws ExecutionStopped
 */
export async function downloadFile(
	context: IExecuteFunctions,
	url: string,
	place: FilePlace,
	rules: DownloadRules,
): Promise<DownloadedFile> {
	for (let tries = 1; ; tries++) {
		try {
			return await tryDownload(context, url, place, rules);
		} catch (error) {
			if (rules.signal.aborted) rethrow(new ExecutionStopped());
			if (!(error instanceof DownloadProblem) || !error.isPassing || tries === MAX_TRIES) rethrow(error);
		}
		await rules.clock.sleep(PAUSE_MS * tries, rules.signal);
	}
}

async function tryDownload(
	context: IExecuteFunctions,
	url: string,
	place: FilePlace,
	rules: DownloadRules,
): Promise<DownloadedFile> {
	const transfer = await Transfer.open(context, url, rules);
	const { headers, length, body } = transfer.file;
	const chunks = transfer.chunks();
	try {
		await checkStore(context, length);
		place.onStart(length);
		const start = await readStart(chunks);
		const name = nameInDisposition(headers['content-disposition']) ?? nameInUrl(url);
		const mimeType = agreedMimeType(headers['content-type'], name, typeOfBytes(start));
		if (isAnotherAnswer(start, mimeType, url)) throw new DownloadProblem('the file server answered with a text instead', false);
		const fileName = place.uniqueName(safeFileName(name, mimeType, place.fallbackName));
		const binary = await putIntoStore(context, withStart(start, chunks), body, { fileName, mimeType });
		const bytes = transfer.received;
		return { binary, fileName, mimeType, bytes, ...imageSides(start, mimeType), warning: storeCost(bytes) };
	} catch (error) {
		// What the store throws when the bytes stop is of no help; why they stopped is.
		rethrow(transfer.problem ?? asProblem(error));
	} finally {
		transfer.close();
	}
}

/** Whether a picture, video or sound was wanted, and something readable came. */
function isAnotherAnswer(start: Buffer, mimeType: string, url: string): boolean {
	const isMedia = /^(image|video|audio)\//.test(mimeType) || kindOfFileName(new URL(url).pathname) !== undefined;
	return isMedia && mimeType !== 'image/svg+xml' && typeOfBytes(start) === undefined && looksLikeAnswer(start);
}

async function readStart(chunks: AsyncGenerator<Buffer>): Promise<Buffer> {
	const read: Buffer[] = [];
	let length = 0;
	while (length < START_BYTES) {
		const { value, done } = await chunks.next();
		if (done) break;
		read.push(value);
		length += value.length;
	}
	return Buffer.concat(read);
}

async function* withStart(start: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
	yield start;
	yield* rest;
}

function imageSides(start: Buffer, mimeType: string) {
	return mimeType.startsWith('image/') ? imageFacts(start) : undefined;
}

function asProblem(error: unknown): unknown {
	if (error instanceof DownloadProblem || error instanceof ExecutionStopped) return error;
	const reason = error instanceof Error ? error.message : String(error);
	return new DownloadProblem(`n8n could not store it (${reason})`, false);
}
