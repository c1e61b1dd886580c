import type { IBinaryData, IDataObject } from 'n8n-workflow';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';

import type { FaultAction } from '../simulator/faults';
import { readMedia } from '../simulator/media';
import { useControlledClock } from './support/controlledClock';
import { fieldInput, startBench, type Bench, ownName } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	// n8n loads some of itself when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
const clock = useControlledClock();

const VIDEO = 'video-720p-121.mp4';
const IMAGE = 'image-1024x1024.png';
const urlOf = (name: string, folder = 'r') => `${bench.simulator.url}/files/${folder}/${name}`;
const answer = (status: number, body = '', headers: Record<string, string> = {}): FaultAction => ({
	type: 'answer',
	status,
	body,
	headers,
});

/** Runs one request whose output is given. */
async function fetched(
	output: unknown,
	more: { options?: IDataObject; node?: IDataObject; downloadOutput?: boolean; type?: string } = {},
) {
	bench.simulator.nextPlans.push({ output });
	const { options = {}, node = {}, downloadOutput = true } = more;
	const execution = await bench.run(
		fieldInput(bench.dreaminaInput(), { options: options as never, downloadOutput }),
		{ node },
	);
	const [item] = execution.items('RunComfy');
	return {
		execution,
		json: item?.json ?? {},
		files: (item?.json.files ?? []) as Array<Record<string, unknown>>,
		warnings: (item?.json.warnings ?? []) as string[],
		failure: execution.error('RunComfy')?.context.details as Record<string, unknown> | undefined,
		bytes: async (name = 'data') => await bench.engine.readBinary(item?.binary?.[name] as IBinaryData),
	};
}

describe('a file that is not there yet', () => {
	it.each([404, 403])('is waited for (HTTP %d)', async (status) => {
		bench.simulator.fault({ on: 'file', times: 3, action: answer(status, '<Error/>') });
		const { json, warnings } = await fetched({ video: urlOf(VIDEO) });

		expect(json.files).toHaveLength(1);
		expect(warnings).toEqual([]);
		expect(clock.elapsed()).toBeLessThan(15_000);
	});

	it.each([404, 403])('for good fails after ten seconds (HTTP %d)', async (status) => {
		bench.simulator.fault({ on: 'file', action: answer(status, '<Error/>') });
		const { failure } = await fetched({ video: urlOf(VIDEO) });

		expect(failure).toMatchObject({
			code: 'download_failed',
			charged: 'yes',
			retryable: true,
			output_urls: [urlOf(VIDEO)],
		});
		expect(clock.elapsed()).toBeGreaterThanOrEqual(10_000);
		expect(clock.elapsed()).toBeLessThan(20_000);
	});

	it('is asked for when its server says so', async () => {
		bench.simulator.fault({ on: 'file', times: 1, action: answer(503, '', { 'retry-after': '20' }) });
		const { json } = await fetched({ video: urlOf(VIDEO) });
		const [first, second] = bench.simulator.calls('file');

		expect(json.files).toHaveLength(1);
		expect(second!.at - first!.at).toBeGreaterThanOrEqual(20_000);
	});

	it('is not waited for by the hour', async () => {
		bench.simulator.fault({ on: 'file', times: 1, action: answer(429, '', { 'retry-after': '3600' }) });
		await fetched({ video: urlOf(VIDEO) });

		expect(clock.elapsed()).toBeLessThan(45_000);
	});
});

describe('an output as people send it', () => {
	it.each([
		['with a blank in the URL', () => ({ video: `${bench.simulator.url}/files/my folder/${VIDEO}` })],
		['as JSON in a text', () => JSON.stringify({ video: urlOf(VIDEO) })],
		['with blanks and lines around', () => ({ video: ` \n${urlOf(VIDEO)}\n` })],
		['one URL a line', () => `${urlOf(VIDEO)}\n${urlOf(VIDEO)}`],
	])('gives its file: %s', async (_how, output) => {
		const { files, bytes } = await fetched(output());

		expect(files).toHaveLength(1);
		expect(await bytes()).toEqual(readMedia(VIDEO).bytes);
	});

	it.each([
		['base64', () => `data:image/png;base64,${readMedia(IMAGE).bytes.toString('base64')}`],
		[
			'base64 in lines',
			() => `data:image/png;base64,${readMedia(IMAGE).bytes.toString('base64').replace(/.{76}/g, '$&\n')}`,
		],
		['bare base64', () => readMedia(IMAGE).bytes.toString('base64')],
		['base64 without a type', () => `data:;base64,${readMedia(IMAGE).bytes.toString('base64')}`],
	])('gives the file that stands in it (%s), and stays small', async (_how, uri) => {
		const { files, bytes, json } = await fetched({ image: uri(), note: 'hello' });

		expect(files).toMatchObject([
			{ mimeType: 'image/png', bytes: readMedia(IMAGE).bytes.length, width: 1024, height: 1024 },
		]);
		expect(await bytes()).toEqual(readMedia(IMAGE).bytes);
		expect(JSON.stringify(json).length).toBeLessThan(2_000);
		expect((json.output as IDataObject).image).toMatch(/^data:.*,… \(\d+ characters, stored in data\)$/);
		expect((json.output as IDataObject).note).toBe('hello');
		expect(json.output_urls).toEqual([]);
	});

	it('stays small where no files are fetched, and says so', async () => {
		const { json, warnings } = await fetched(
			{ image: `data:image/png;base64,${readMedia(IMAGE).bytes.toString('base64')}` },
			{ downloadOutput: false },
		);

		expect(JSON.stringify(json).length).toBeLessThan(2_000);
		expect(warnings).toEqual([expect.stringContaining('Download Output')]);
	});

	it.each([
		'data:image/png;base64,not%%base64',
		'data:image/png;base64,PGh0bWw+PC9odG1sPg==',
		'data:image/png;base64,',
	])('does not take garbage for a file: %s', async (image) => {
		const { failure } = await fetched({ image });

		expect(failure).toMatchObject({ code: 'download_failed', charged: 'yes' });
	});

	it.each([
		[{}, 1],
		[{ video: null }, 1],
		[{ video: 'in the making' }, 1],
		[{ text: 'A boat.' }, 0],
		['A boat.', 0],
	])('%j without a file is worth %d warnings', async (output, count) => {
		const { warnings, execution, json } = await fetched(output);

		expect(json.status).toBe('succeeded');
		expect(warnings).toHaveLength(count);
		expect(execution.hints('RunComfy')).toHaveLength(count);
	});
});

describe('the bytes', () => {
	const compressed = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync };

	it.each(Object.keys(compressed) as Array<keyof typeof compressed>)(
		'are unpacked that come as %s with a length',
		async (encoding) => {
			const text = 'a line of a caption\n'.repeat(500);
			const body = compressed[encoding](text);
			const server = await serve((response) => {
				response.writeHead(200, {
					'content-type': 'text/plain',
					'content-encoding': encoding,
					'content-length': String(body.length),
					'content-md5': createHash('md5').update(body).digest('base64'),
				});
				response.end(body);
			});
			const { files, bytes } = await fetchedFrom(server.url, '/captions.srt');
			await server.stop();

			expect(files).toMatchObject([{ fileName: ownName(bench, 'captions.srt'), bytes: text.length }]);
			expect((await bytes()).toString()).toBe(text);
		},
	);

	it.each(Object.keys(compressed) as Array<keyof typeof compressed>)(
		'are unpacked that are smaller than what came (%s)',
		async (encoding) => {
			const body = compressed[encoding]('hello');
			const server = await serve((response) => {
				response.writeHead(200, {
					'content-type': 'text/plain',
					'content-encoding': encoding,
					'content-length': String(body.length),
					etag: '"1"',
				});
				response.end(body);
			});
			const { files, bytes } = await fetchedFrom(server.url, '/hello.txt');
			await server.stop();

			expect(files).toMatchObject([{ bytes: 5 }]);
			expect((await bytes()).toString()).toBe('hello');
		},
	);

	it('that were compressed and interrupted are fetched again and not joined', async () => {
		const text = Array.from({ length: 20_000 }, (_, index) => `line ${index}`).join('\n');
		const body = gzipSync(text);
		const ranges: Array<string | undefined> = [];
		const server = await serve((response, request) => {
			ranges.push(request.headers.range);
			response.writeHead(200, {
				'content-type': 'text/plain',
				'content-encoding': 'gzip',
				'content-length': String(body.length),
				etag: '"1"',
			});
			if (ranges.length > 2) response.end(body);
			else response.write(body.subarray(0, body.length / 2), () => setImmediate(() => response.destroy()));
		});
		const { bytes } = await fetchedFrom(server.url, '/long.txt');
		await server.stop();

		expect((await bytes()).toString()).toBe(text);
		expect(ranges.at(-1)).toBeUndefined();
	});

	it.each([
		['a multipart sum', { 'x-amz-checksum-sha256': `${createHash('sha256').update('parts').digest('base64')}-3` }],
		[
			'a sum of parts',
			{
				'x-amz-checksum-sha256': createHash('sha256').update('parts').digest('base64'),
				'x-amz-checksum-type': 'COMPOSITE',
			},
		],
		[
			'a sum of what is stored packed',
			{
				'x-goog-hash': `md5=${createHash('md5').update('x').digest('base64')}`,
				'x-goog-stored-content-encoding': 'gzip',
			},
		],
	])('are not compared with %s', async (_what, headers) => {
		bench.simulator.fault({ on: 'file', action: { type: 'headers', headers: headers } });

		expect((await fetched({ video: urlOf(VIDEO) })).files).toHaveLength(1);
	});

	it.each([
		['ftypmif1 with heic', box('mif1', 'mif1', 'heic'), 'application/octet-stream', 'x', 'image/heic', 'x.heic'],
		['ftypmif1 with avif', box('mif1', 'avif', 'miaf'), '', 'x', 'image/avif', 'x.avif'],
		['ftypmsf1', box('msf1', 'msf1'), 'binary/octet-stream', 'x', 'image/heif', 'x.heif'],
		['ftypisom', box('isom', 'iso2', 'mp41'), 'application/octet-stream', 'x.mp4', 'video/mp4', 'x.mp4'],
		[
			'an SVG sent as XML',
			Buffer.from('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'),
			'text/xml',
			'a.svg',
			'image/svg+xml',
			'a.svg',
		],
		[
			'an SVG sent as a text',
			Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
			'text/plain',
			'a.svg',
			'image/svg+xml',
			'a.svg',
		],
		[
			'subtitles',
			Buffer.from('1\n00:00:01,000 --> 00:00:02,000\nHi\n'),
			'text/plain',
			'c.srt',
			'application/x-subrip',
			'c.srt',
		],
		['a text that begins with BM', Buffer.from('BMW is a car'), 'text/plain', 'car.txt', 'text/plain', 'car.txt'],
		['a text that begins with ID3', Buffer.from('ID3 is a tag'), 'text/plain', 'tag.txt', 'text/plain', 'tag.txt'],
		['a PNG sent as JPEG', readMedia(IMAGE).bytes, 'image/jpeg', 'x.jpg', 'image/png', 'x.png'],
		['a mesh', Buffer.from('v 1 2 3\n'), 'application/octet-stream', 'cube.obj', 'model/obj', 'cube.obj'],
	])('and names tell the type: %s', async (_what, body, contentType, name, mimeType, fileName) => {
		const server = await serve((response) => {
			response.writeHead(200, {
				...(contentType ? { 'content-type': contentType } : {}),
				'content-length': String(body.length),
			});
			response.end(body);
		});
		const { files } = await fetchedFrom(server.url, `/${name}`);
		await server.stop();

		expect(files).toMatchObject([{ mimeType, fileName: ownName(bench, fileName) }]);
	});

	it('that trickle in without end are given up', async () => {
		bench.simulator.fault({ on: 'file', action: { type: 'drip', pieces: 100_000, everyMs: 1_000 } });
		const { failure } = await fetched({ video: urlOf('large-64.mp4') });

		expect(failure).toMatchObject({ code: 'download_failed' });
	});
});

describe('what was fetched is kept', () => {
	it.each([404, 410])('when another URL is gone for good (HTTP %d)', async (status) => {
		const output = { video: urlOf(VIDEO), thumbnail: urlOf('gone.png') };
		const server = await serve((response) => response.writeHead(status).end());
		const { files, warnings } = await fetched({ ...output, thumbnail: `${server.url}/gone.png` }, { options: {} });
		await server.stop();

		expect(files).toHaveLength(1);
		expect(warnings).toHaveLength(1);
	});

	it('when another one is a web page', async () => {
		bench.simulator.fault({ on: 'file', skip: 1, action: answer(200, '<html></html>') });
		const { files, warnings } = await fetched({ images: [urlOf(IMAGE), urlOf(IMAGE, 'page')] });

		expect(files).toHaveLength(1);
		expect(warnings).toEqual([expect.stringContaining('web page')]);
	});

	it.each(['s3://bucket/a.mp4', 'gs://bucket/a.mp4', 'blob:https://a.example/1', 'ftp://a.example/1.mp4'])(
		'when another address cannot be fetched: %s',
		async (video) => {
			const { files, warnings } = await fetched({ video, image: urlOf(IMAGE) });
			expect(files).toHaveLength(1);
			expect(warnings).toHaveLength(1);

			expect((await fetched({ video })).failure).toMatchObject({
				code: 'download_failed',
				message: expect.stringContaining('scheme') as string,
			});
		},
	);

	it('but a file that may come later fails the item', async () => {
		bench.simulator.fault({ on: 'file', skip: 1, action: answer(500) });
		const { failure } = await fetched({ images: [urlOf(IMAGE), urlOf(IMAGE, 'later')] });

		expect(failure).toMatchObject({ code: 'download_failed' });
	});

	it('and a text that points at a web page is no failure', async () => {
		bench.simulator.fault({ on: 'file', action: answer(200, '<html></html>') });
		const { json, warnings } = await fetched({ text: `${bench.simulator.url}/files/about` });

		expect(json.status).toBe('succeeded');
		expect(warnings).toHaveLength(1);
	});

	it('and thousands of foreign URLs are one warning', async () => {
		const images = [
			urlOf(IMAGE),
			...Array.from({ length: 50_000 }, (_, index) => `https://foreign.example/${index}.png`),
		];
		const { files, warnings, execution } = await fetched({ images });

		expect(files).toHaveLength(1);
		expect(warnings).toEqual([expect.stringContaining("50000 files weren't downloaded")]);
		expect(execution.hints('RunComfy')).toHaveLength(1);
	});
});

describe('Download Kinds', () => {
	const opaque = async (type: string, body: Buffer) =>
		await serve((response) => {
			response.writeHead(200, { 'content-type': type, 'content-length': String(body.length) });
			response.end(body);
		});

	it('uses the response when the URL does not say', async () => {
		const server = await opaque('video/mp4', readMedia(VIDEO).bytes);
		const video = await fetchedFrom(server.url, '/9f3a', { downloadKinds: 'videos' });
		const none = await fetchedFrom(server.url, '/9f3a', { downloadKinds: 'images' });
		await server.stop();

		expect(video.files).toMatchObject([{ mimeType: 'video/mp4' }]);
		expect(none.files).toEqual([]);
		expect(none.warnings).toEqual([expect.stringContaining('Download Kinds')]);
	});

	it('takes the first file that there is', async () => {
		bench.simulator.fault({ on: 'file', times: 1, action: answer(410) });
		const { files } = await fetched(
			{ images: [urlOf(IMAGE, 'gone'), urlOf(IMAGE)] },
			{ options: { downloadKinds: 'first' } },
		);

		expect(files).toMatchObject([{ url: urlOf(IMAGE) }]);
	});
});

/** The first box of a file of the ISO base media family. */
function box(major: string, ...compatible: string[]): Buffer {
	const body = Buffer.concat([
		Buffer.from(`ftyp${major}`),
		Buffer.alloc(4),
		Buffer.from(compatible.join('')),
		Buffer.alloc(64),
	]);
	const size = Buffer.alloc(4);
	size.writeUInt32BE(16 + compatible.length * 4);
	return Buffer.concat([size, body]);
}

/** A file server of a test's own, at the place of the platform API, from where files may come too. */
async function serve(handle: (response: ServerResponse, request: IncomingMessage) => void) {
	const server = createServer((request, response) => {
		// One connection a call, so that the clock sees when it is over.
		response.setHeader('connection', 'close');
		handle(response, request);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return { url, stop: async () => await new Promise((resolve) => server.close(resolve)) };
}

async function fetchedFrom(url: string, path: string, options: IDataObject = {}) {
	bench.simulator.nextPlans.push({ output: { result: `${url}${path}` } });
	const execution = await bench.run(fieldInput(bench.dreaminaInput(), { options: options as never }), {
		credential: { platformApiUrl: url },
	});
	const [item] = execution.items('RunComfy');
	expect(execution.error('RunComfy')?.message).toBeUndefined();
	return {
		files: (item?.json.files ?? []) as Array<Record<string, unknown>>,
		warnings: (item?.json.warnings ?? []) as string[],
		bytes: async () => await bench.engine.readBinary(item?.binary?.data as IBinaryData),
	};
}
