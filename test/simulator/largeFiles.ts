import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';

import { readMedia } from './media';

const MB = 1_048_576;

/** A megabyte that does not compress, and that starts like a video. */
const BLOCK = Buffer.alloc(MB);
let state = 1;
for (let index = 0; index < MB; index += 4) {
	state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
	BLOCK.writeUInt32LE(state, index);
}
readMedia('video-720p-121.mp4').bytes.copy(BLOCK, 0, 0, 64);

/** The SHA-256 of a large file, in hexadecimal digits. */
export function hashOfLargeFile(megabytes: number): string {
	const hash = createHash('sha256');
	for (let index = 0; index < megabytes; index++) hash.update(BLOCK);
	return hash.digest('hex');
}

/**
 * Serves `/files/<anything>/large-<megabytes>.mp4`, made while it is sent. @returns whether the path is one of these
 */
export function sendLargeFile(response: ServerResponse, path: string, asked: Record<string, string>): boolean {
	const megabytes = Number(/\/(?:\d+-)?large-(\d+)\.mp4$/.exec(path)?.[1] ?? NaN);
	if (Number.isNaN(megabytes)) return false;
	const length = megabytes * MB;
	const from = Number(/^bytes=(\d+)-$/.exec(asked.range ?? '')?.[1] ?? 0);
	const headers = {
		'content-type': 'video/mp4',
		etag: `"large-${megabytes}"`,
		'content-length': String(length - from),
	};
	if (from > 0) response.writeHead(206, { ...headers, 'content-range': `bytes ${from}-${length - 1}/${length}` });
	else response.writeHead(200, headers);
	Readable.from(blocks(from, length)).pipe(response);
	return true;
}

function* blocks(from: number, length: number): Generator<Buffer> {
	for (let at = from; at < length; at = (Math.floor(at / MB) + 1) * MB) yield BLOCK.subarray(at % MB);
}
