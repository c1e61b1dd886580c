import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { imageFacts } from '../media/fileFacts';
import { readStart } from '../shared/byteStream';
import { ExecutionStopped, throwAsIs } from '../shared/failure';
import { detectType } from '../shared/signatures';
import { isSvg, textInsteadOfFile } from '../shared/textContent';
import { MAX_PAUSE_MS } from '../transport/retryPolicy';
import { checkStore, putIntoStore, storeCost } from '../n8n/binaryStore';
import { DownloadProblem } from '../shared/downloadProblem';
import { nameInDisposition, nameInUrl, safeFileName } from './fileName';
import { agreedMimeType, extensionOf, kindOfFileName, kindOfMimeType, type MediaKind } from '../shared/mediaTypes';
import type { DownloadRules } from './openFile';
import { Transfer } from './transfer';

const MAX_TRIES = 3;
const PAUSE_MS = 1_000;
/** How long the file of a fresh result may take to become available (contract). Milliseconds. */
const FRESH_MS = 10_000;

/** How much of a file is read before it is stored: enough for the header of an image. Bytes. */
const START_BYTES = 64 * 1024;

/** A file in n8n's store. */
export interface DownloadedFile {
	binary: IBinaryData;
	fileName: string;
	mimeType: string;
	bytes: number;
	/** In pixels, for images whose first bytes contain them. */
	width?: number;
	height?: number;
	warning?: string;
}

/** How to name and announce a file. */
export interface FileTarget {
	/** Its name when neither the server nor the URL gives one. */
	fallbackName: string;
	/** Its name, whatever the server and the URL say. */
	name?: string;
	/** Changes a name that another file of the item already has. */
	uniqueName: (name: string) => string;
	/** Called when the file starts to arrive; `bytes` if the server sends its length. */
	onStart: (bytes: number | undefined) => void;
	/** Only store a file of this kind. */
	wantedKind?: MediaKind;
}

/**
 * Streams one file into n8n's binary store, without the API token. An interrupted transfer is resumed where that is
 * safe, and restarted otherwise. A file that isn't available yet is waited for.
 *
 * @returns undefined when the file is not of the wanted kind
 * @throws DownloadProblem with the reason
 * @throws ExecutionStopped
 */
export async function downloadFile(
	context: IExecuteFunctions,
	url: string,
	target: FileTarget,
	rules: DownloadRules,
): Promise<DownloadedFile | undefined> {
	const freshUntil = rules.clock.now() + FRESH_MS;
	for (let tries = 1; ; tries++) {
		let pauseMs = PAUSE_MS * tries;
		try {
			return await tryDownload(context, url, target, rules);
		} catch (error) {
			if (rules.signal.aborted) throwAsIs(new ExecutionStopped());
			const mayWait = error instanceof DownloadProblem && error.mayComeSoon && rules.clock.now() < freshUntil;
			const mayRetry = error instanceof DownloadProblem && error.isTransient && tries < MAX_TRIES;
			if (!(error instanceof DownloadProblem) || (!mayWait && !mayRetry)) throwAsIs(error);
			else pauseMs = Math.min(MAX_PAUSE_MS, Math.max(pauseMs, error.retryAfterMs));
		}
		await rules.clock.sleep(pauseMs, rules.signal);
	}
}

async function tryDownload(
	context: IExecuteFunctions,
	url: string,
	target: FileTarget,
	rules: DownloadRules,
): Promise<DownloadedFile | undefined> {
	const transfer = await Transfer.open(context, url, rules);
	const { headers, length, body } = transfer.file;
	const chunks = transfer.chunks();
	try {
		await checkStore(context, length);
		target.onStart(length);
		const start = await readStart(chunks, START_BYTES);
		const name = target.name ?? nameInDisposition(headers['content-disposition']) ?? nameInUrl(url);
		const mimeType = typeOf(start, headers['content-type'], name);
		if (isErrorText(start, mimeType, url))
			throw new DownloadProblem('the file server returned text instead', { isNotAFile: true });
		const kind = kindOfMimeType(mimeType);
		if (target.wantedKind !== undefined && kind !== target.wantedKind && mimeType !== 'application/octet-stream')
			return undefined;
		const fileName = target.uniqueName(safeFileName(name, mimeType, target.fallbackName));
		const binary = await putIntoStore(context, withStart(start, chunks), body, { fileName, mimeType });
		const bytes = transfer.received;
		return { binary, fileName, mimeType, bytes, ...imageDimensions(start, mimeType), warning: storeCost(bytes) };
	} catch (error) {
		// What the store throws when the bytes stop doesn't help; the reason why they stopped does.
		throwAsIs(transfer.problem ?? asProblem(error));
	} finally {
		transfer.close();
	}
}

/** The media type of a file. An SVG image is recognized even if it is served as XML or text. */
export function typeOf(start: Buffer, contentType: string | undefined, name: string): string {
	const agreed = agreedMimeType(contentType, name, detectType(start));
	const isXml = /^(text\/|application\/(xml|octet-stream))/.test(agreed) || extensionOf(name) === 'svg';
	return isXml && agreed !== 'text/html' && isSvg(start) ? 'image/svg+xml' : agreed;
}

/** Whether text arrived where an image, video or audio file was expected. */
function isErrorText(start: Buffer, mimeType: string, url: string): boolean {
	const isMedia = kindOfMimeType(mimeType) !== undefined || kindOfFileName(new URL(url).pathname) !== undefined;
	return isMedia && textInsteadOfFile(start) !== undefined;
}

async function* withStart(start: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
	yield start;
	yield* rest;
}

function imageDimensions(start: Buffer, mimeType: string) {
	return mimeType.startsWith('image/') ? imageFacts(start) : undefined;
}

function asProblem(error: unknown): unknown {
	if (error instanceof DownloadProblem || error instanceof ExecutionStopped) return error;
	const reason = error instanceof Error ? error.message : String(error);
	return new DownloadProblem(`n8n couldn't store it (${reason})`);
}
