import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { throwAsIs } from '../shared/failure';
import { BYTES_PER_MB } from '../shared/units';
import type { ByteStream } from '../shared/byteStream';
import { DownloadProblem } from '../shared/downloadProblem';

type StoreInput = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

/** n8n's stores by the start of a file's id; a file without an id lies in the memory of n8n. */
type StoreKind = 'filesystem' | 'database' | 'memory' | 'other';

/** More than this is not kept in memory by any store: its text form would be longer than Node allows. Bytes. */
const MEMORY_LIMIT_BYTES = 380 * BYTES_PER_MB;
/** The largest limit that n8n's database store can be set to. */
const DATABASE_LIMIT_BYTES = 1024 * BYTES_PER_MB;
/** From here on it is worth to know the store before a file is fetched for it, and to say what it costs. Bytes. */
const LARGE_BYTES = 64 * BYTES_PER_MB;

/**
 * A store that waits for each write is the quicker the larger the pieces are; larger ones than this take more memory and no
 * less time. Bytes.
 */
const BLOCK_BYTES = 384 * 1024;
const BLOCKS_IN_USE = 5;
/** So many blocks are filled while the store writes. */
const BLOCKS_AHEAD = 2;
/** Blocks of files that were stored serve for the next ones; as many files come at once in a run. */
const MAX_SPARE = 4;
const spareBlocks: Buffer[][] = [];
/** Elements of a short-lived list for each chunk. */
const SHORT_LIVED = 16_000;
const shortLived = { list: [] as undefined[] };

/**
 * What this process has learnt of n8n's binary store, which a node can neither ask for its kind nor for its limit. The
 * store is a setting of the process, so it never changes.
 */
const known: { kind?: StoreKind; limitBytes?: number } = {};

/**
 * Makes sure that n8n's store takes a file of this length, before a byte of it is read.
 *
 * @param bytes undefined where its server does not tell
 * @throws DownloadProblem
 */
export async function checkStore(context: IExecuteFunctions, bytes: number | undefined): Promise<void> {
	if (bytes === undefined || bytes < LARGE_BYTES) return;
	if (known.kind === undefined)
		learnKind(await context.helpers.prepareBinaryData(Buffer.from(' '), 'size-check.txt', 'text/plain'));
	const limitBytes = known.limitBytes ?? limitOf(known.kind);
	if (bytes > limitBytes) throw tooLargeForStore(bytes, limitBytes);
}

/**
 * Puts a stream of bytes into n8n's store.
 *
 * @param chunks ends badly when the file is not complete; n8n's filesystem store then removes what it has of it
 * @param body any stream that n8n made, where there is one: its class is the way to make another one
 * @throws DownloadProblem when the store refuses the file, or what `chunks` throws
 */
export async function putIntoStore(
	context: IExecuteFunctions,
	chunks: AsyncGenerator<Buffer>,
	body: ByteStream | undefined,
	{ fileName, mimeType }: { fileName: string; mimeType: string },
): Promise<IBinaryData> {
	try {
		const blocks = spareBlocks.pop() ?? [];
		const binary = await context.helpers.prepareBinaryData(
			await storeInput(chunks, body, blocks),
			fileName,
			mimeType,
		);
		// Only now is the last block written. Those of a file that failed may still be in use.
		if (known.kind === 'filesystem' && spareBlocks.length < MAX_SPARE) spareBlocks.push(blocks);
		learnKind(binary);
		return binary;
	} catch (error) {
		const limit = /exceeds the max size limit of (\d+) MB/.exec(error instanceof Error ? error.message : '')?.[1];
		if (limit !== undefined) {
			known.limitBytes = Number(limit) * BYTES_PER_MB;
			throwAsIs(tooLargeForStore(undefined, known.limitBytes));
		}
		throwAsIs(error);
	}
}

/** Stores that collect a file themselves want a stream of Node's, whose class a node may not import. */
async function storeInput(
	chunks: AsyncGenerator<Buffer>,
	body: ByteStream | undefined,
	spare: Buffer[],
): Promise<StoreInput> {
	const blocks = ahead(
		inBlocks(chunks, known.kind === 'filesystem' ? spare : undefined),
		known.kind === 'filesystem' ? BLOCKS_AHEAD : 1,
	);
	const { from } = (body?.constructor ?? {}) as {
		from?: (source: AsyncIterable<Buffer>, options: object) => StoreInput;
	};
	if (body && from) return from.call(body.constructor, blocks, { objectMode: false, highWaterMark: 1 });
	if (known.kind === 'filesystem') return blocks as unknown as StoreInput;
	const pieces: Buffer[] = [];
	for await (const piece of blocks) pieces.push(piece);
	return Buffer.concat(pieces);
}

/**
 * Gathers chunks into larger blocks. The filesystem store asks for a block when it has written the one before, so a few
 * serve for the whole file: one that is written, one that waits in the stream, and those that are filled ahead. Any other
 * store may hold on to its blocks, and gets new ones.
 *
 * Node frees the bytes of chunks that were copied only when its own young objects fill their room, so that some 32 MB of
 * them gather. A short-lived list for each makes that come sooner (measured, see docs/performance.md).
 */
async function* inBlocks(chunks: AsyncGenerator<Buffer>, reused: Buffer[] | undefined): AsyncGenerator<Buffer> {
	let count = 0;
	const nextBlock = () => {
		const place = count++ % BLOCKS_IN_USE;
		const block = reused?.[place] ?? Buffer.allocUnsafe(BLOCK_BYTES);
		if (reused) reused[place] = block;
		return block;
	};
	let block = nextBlock();
	let filled = 0;
	for await (const chunk of chunks) {
		shortLived.list = new Array<undefined>(SHORT_LIVED);
		for (let at = 0; at < chunk.length;) {
			const copied = chunk.copy(block, filled, at);
			filled += copied;
			at += copied;
			if (filled < BLOCK_BYTES) continue;
			yield block;
			block = nextBlock();
			filled = 0;
		}
	}
	shortLived.list = [];
	if (filled > 0) yield block.subarray(0, filled);
}

/** Asks for pieces before they are wanted. */
async function* ahead(pieces: AsyncGenerator<Buffer>, count: number): AsyncGenerator<Buffer> {
	const asked: Array<Promise<IteratorResult<Buffer, unknown>>> = [];
	for (;;) {
		while (asked.length < count) {
			const piece = pieces.next();
			// Whoever waits for it is told; nobody does when the store has failed.
			piece.catch(() => {});
			asked.push(piece);
		}
		const piece = await asked.shift();
		if (piece === undefined || piece.done) return;
		yield piece.value;
	}
}

function learnKind({ id }: IBinaryData): void {
	const prefix = id?.split(':')[0] ?? '';
	known.kind =
		id === undefined
			? 'memory'
			: prefix.startsWith('filesystem')
				? 'filesystem'
				: prefix === 'database'
					? 'database'
					: 'other';
}

function limitOf(kind: StoreKind | undefined): number {
	if (kind === 'memory') return MEMORY_LIMIT_BYTES;
	return kind === 'database' ? DATABASE_LIMIT_BYTES : Infinity;
}

function tooLargeForStore(bytes: number | undefined, limitBytes: number): DownloadProblem {
	const size = bytes === undefined ? 'it' : `at ${megabytes(bytes)} MB, it`;
	const help =
		known.kind === 'memory'
			? 'n8n is set to keep files in memory. Set N8N_DEFAULT_BINARY_DATA_MODE to filesystem'
			: 'Raise N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE (up to 1024), or set N8N_DEFAULT_BINARY_DATA_MODE to filesystem or s3';
	return new DownloadProblem(
		`${size} is larger than n8n's binary data storage allows (${megabytes(limitBytes)} MB). ${help}`,
	);
}

/** What n8n's store costs for a file of so many bytes, where that is worth a word. */
export function storeCost(bytes: number): string | undefined {
	const isCollected = known.kind === 'memory' || known.kind === 'database';
	if (!isCollected || bytes < LARGE_BYTES) return undefined;
	const where =
		known.kind === 'memory'
			? 'in memory and in the execution data'
			: 'in its database, and in memory while saving them';
	return `n8n is set to keep files ${where}, which is slow for large files. To use almost no memory, set N8N_DEFAULT_BINARY_DATA_MODE to filesystem (or s3 with several workers).`;
}

function megabytes(bytes: number): number {
	return Math.round(bytes / BYTES_PER_MB);
}
