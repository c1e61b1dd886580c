import type { IBinaryData, IExecuteFunctions } from 'n8n-workflow';

import { throwAsIs } from '../shared/failure';
import { BYTES_PER_MB } from '../shared/units';
import type { ByteStream } from '../shared/byteStream';
import { DownloadProblem } from '../shared/downloadProblem';

type StoreInput = Parameters<IExecuteFunctions['helpers']['prepareBinaryData']>[0];

/** n8n's stores, by the prefix of a file's ID. A file without an ID is in n8n's memory. */
type StoreKind = 'filesystem' | 'database' | 'memory' | 'other';

/** The largest file that a store can keep in memory: as text, a larger one would exceed Node's limit. Bytes. */
const MEMORY_LIMIT_BYTES = 380 * BYTES_PER_MB;
/** The largest limit that n8n's database store can be set to. */
const DATABASE_LIMIT_BYTES = 1024 * BYTES_PER_MB;
/** From this size on, the store is checked before a file is fetched, and its cost is reported. Bytes. */
const LARGE_BYTES = 64 * BYTES_PER_MB;

/**
 * A store that waits for each write is faster with larger pieces; beyond this size they only take more memory. Bytes.
 */
const BLOCK_BYTES = 384 * 1024;
const BLOCKS_IN_USE = 5;
/** How many blocks are filled while the store writes. */
const BLOCKS_AHEAD = 2;
/** Blocks are reused for the next files; a run fetches this many files at once. */
const MAX_SPARE = 4;
const spareBlocks: Buffer[][] = [];
/** Elements of a short-lived list for each chunk. */
const SHORT_LIVED = 16_000;
const shortLived = { list: [] as undefined[] };

/**
 * What this process has learned about n8n's binary store; a node can't ask for its kind or its limit. The store is a
 * setting of the process, so it never changes.
 */
const known: { kind?: StoreKind; limitBytes?: number } = {};

/**
 * Makes sure that n8n's store accepts a file of this length, before any of it is read.
 *
 * @param bytes undefined when the server doesn't send it
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
 * Stores a stream of bytes in n8n's binary store.
 *
 * @param chunks throws when the file is incomplete; n8n's filesystem store then removes what it has of it
 * @param body any stream that n8n made, if there is one: its class is the only way to make another
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
		// Only now has the last block been written. The blocks of a failed file may still be in use.
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

/** Stores that collect a file themselves need a Node stream, whose class a node may not import. */
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
 * Gathers chunks into larger blocks. The filesystem store asks for a block when it has written the previous one, so a
 * few are enough for the whole file: one being written, one waiting in the stream, and those filled ahead. Any other
 * store may keep its blocks, so it gets new ones.
 *
 * Node frees copied chunks only when its young generation of objects is full, so about 32 MB of them pile up.
 * Allocating a short-lived list for each chunk makes that happen sooner (measured, see docs/performance.md).
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

/** Requests pieces ahead of time. */
async function* ahead(pieces: AsyncGenerator<Buffer>, count: number): AsyncGenerator<Buffer> {
	const asked: Array<Promise<IteratorResult<Buffer, unknown>>> = [];
	for (;;) {
		while (asked.length < count) {
			const piece = pieces.next();
			// The error reaches whoever awaits the piece; nobody does when the store has failed.
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

/** A warning about what n8n's store costs for a file of this size, if it is worth one. */
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
