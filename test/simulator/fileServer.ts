import { createHash } from 'node:crypto';

import { stockNameOf } from './deployments/outputs';
import type { PlannedAnswer } from './faults';
import { readMedia } from './media';

/**
 * `/files/<request id>/<name>`, `/files/<request id>/output/<name>` for deployments, and `/files/inputs/<name>`; further files of a request carry a number and a dash. Ranges
 * are served as an object store does it: with an ETag, and with the whole file when If-Range names another one.
 */
export function fileAnswer(path: string, asked: Record<string, string>): PlannedAnswer {
	const name = stockNameOf(path) ?? (path.split('/')[3] ?? '').replace(/^\d+-/, '');
	let media;
	try {
		media = readMedia(name.replace(/[^a-z0-9.-]/gi, ''));
	} catch {
		return { status: 404, headers: { 'content-type': 'text/plain' }, body: Buffer.from('no such file') };
	}
	const etag = `"${createHash('md5').update(media.bytes).digest('hex')}"`;
	const headers = { 'content-type': media.contentType, 'accept-ranges': 'bytes', etag };
	const range = /^bytes=(\d+)-(\d*)$/.exec(asked.range ?? '');
	const isAnother = asked['if-range'] !== undefined && asked['if-range'] !== etag;
	if (!range || isAnother) return { status: 200, headers, body: media.bytes };
	const first = Number(range[1]);
	const last = Math.min(range[2] ? Number(range[2]) : Infinity, media.bytes.length - 1);
	return {
		status: 206,
		headers: { ...headers, 'content-range': `bytes ${first}-${last}/${media.bytes.length}` },
		body: media.bytes.subarray(first, last + 1),
	};
}
