/** A RunComfy that answers in bulk: bodies of any size are drained, pages and results are as large as a case wants. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { readMedia } from '../simulator/media';

/** What the server does out of the ordinary. */
export type Mode = 'usual' | 'pages' | 'manyUrls';

const PAGE = Buffer.from(`<!doctype html><html><body>${'<p>This is no answer.</p>'.repeat(850_000)}</body></html>`);
const MANY = 1_000_000;
const PICTURE = readMedia('input-1280x720.jpg').bytes;

export const MODEL = 'bench/any/model';
const SCHEMA = {
	type: 'object',
	required: ['prompt'],
	properties: {
		prompt: { type: 'string', maxLength: 800 },
		notes: { type: 'string' },
		seed: { type: 'integer' },
		resolution: { type: 'string', enum: ['720p', '1080p'] },
		image_urls: {
			type: 'array',
			items: { type: 'string', format: 'image_uri' },
			validations: [{ validation_rule: 'width_pixels<=', validation_value: 4096 }],
		},
		video_url: { type: 'string', format: 'video_uri' },
	},
};

const [mode = 'usual'] = process.argv.slice(2) as [Mode?];
let submits = 0;
let bytes = 0;
let unsound = 0;

function handle(request: IncomingMessage, response: ServerResponse): void {
	const path = (request.url ?? '').split('?')[0] ?? '';
	const json = (value: unknown) =>
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
	if (path === '/figures') return void json({ submits, bytes, unsound });
	if (path.startsWith('/pictures/')) return sendPicture(request, response);
	if (mode === 'pages' && !path.startsWith(`/v1/models/${MODEL}`))
		return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
	if (request.method === 'POST' && path.startsWith('/v1/models/'))
		return drain(request, () => {
			submits += 1;
			if (mode === 'pages') return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
			json({ request_id: `00000000-0000-4000-8000-${String(submits).padStart(12, '0')}`, status: 'in_queue' });
		});
	if (path.startsWith('/v1/models/')) return void json({ model_id: MODEL, input_schema: SCHEMA });
	if (path.endsWith('/status')) return void json({ status: 'completed' });
	if (path.endsWith('/result'))
		return mode === 'manyUrls'
			? sendManyUrls(response)
			: void json({ status: 'succeeded', output: { text: 'done' } });
	json({});
}

/** The first and the last byte tell whether the JSON of a body is whole. */
function drain(request: IncomingMessage, then: () => void): void {
	let first: number | undefined;
	let last: number | undefined;
	request.on('data', (chunk: Buffer) => {
		first ??= chunk[0];
		last = chunk.at(-1);
		bytes += chunk.length;
	});
	request.on('end', () => {
		if (first !== '{'.charCodeAt(0) || last !== '}'.charCodeAt(0)) unsound += 1;
		then();
	});
}

function sendPicture(request: IncomingMessage, response: ServerResponse): void {
	const end = Number(/^bytes=0-(\d+)$/.exec(request.headers.range ?? '')?.[1] ?? PICTURE.length - 1);
	const part = PICTURE.subarray(0, end + 1);
	response
		.writeHead(206, {
			'content-type': 'image/jpeg',
			'content-range': `bytes 0-${part.length - 1}/${PICTURE.length}`,
		})
		.end(part);
}

function sendManyUrls(response: ServerResponse): void {
	response.writeHead(200, { 'content-type': 'application/json' });
	response.write('{"status":"succeeded","output":{"images":[""');
	let at = 0;
	const more = () => {
		while (at < MANY) {
			const piece = Array.from({ length: 1_000 }, () => `,"https://a.example/${at++}.png"`).join('');
			if (!response.write(piece)) return void response.once('drain', more);
		}
		response.end(']}}');
	};
	more();
}

const server = createServer(handle);
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
process.on('SIGTERM', () => process.exit(0));
