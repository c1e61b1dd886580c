import type { IBinaryData } from 'n8n-workflow';

import { readMedia } from '../simulator/media';
import { Simulator } from '../simulator/simulator';
import { fieldInput, startBench, type Bench } from './support/setup';

let bench: Bench;
let elsewhere: Simulator;

beforeAll(async () => {
	bench = await startBench();
	elsewhere = await new Simulator().start();
});
afterAll(async () => {
	await elsewhere.stop();
	await bench.stop();
});
beforeEach(() => {
	bench.reset();
	elsewhere.reset();
});

const fileUrl = (name: string, at = bench.simulator.url) => `${at}/files/r/${name}`;

/** Runs a request whose result is this output. */
async function runWith(output: unknown, options = {}, more = {}) {
	bench.simulator.nextPlans.push({ output });
	return await bench.runFast(fieldInput(bench.dreaminaInput(), { options, ...more }));
}

describe('files of a result', () => {
	it('come from any shape of output, once each, under data, data_1, ...', async () => {
		const urls = ['video-720p-121.mp4', 'image-1024x1024.png', 'audio-2s.mp3'].map((name) => fileUrl(name));
		const execution = await runWith({
			clips: [{ url: urls[0] }, urls[1]],
			extra: { sound: urls[2], again: urls[0] },
			text: 'hello',
		});

		const [item] = execution.items('RunComfy');
		expect(item?.json.output_urls).toEqual(urls);
		expect(Object.entries(item?.binary ?? {}).map(([name, { mimeType }]) => [name, mimeType])).toEqual([
			['data', 'video/mp4'],
			['data_1', 'image/png'],
			['data_2', 'audio/mpeg'],
		]);
		const stored = await bench.engine.readBinary(item?.binary?.data_1 as IBinaryData);
		expect(stored.equals(readMedia('image-1024x1024.png').bytes)).toBe(true);
	});

	it.each([
		['all', ['video/mp4', 'image/png', 'audio/mpeg']],
		['first', ['video/mp4']],
		['images', ['image/png']],
		['videos', ['video/mp4']],
		['audio', ['audio/mpeg']],
	])('of the kind %s', async (downloadKinds, types) => {
		const output = ['video-720p-121.mp4', 'image-1024x1024.png', 'audio-2s.mp3'].map((name) => fileUrl(name));
		const execution = await runWith(output, { downloadKinds }, { binaryPropertyName: 'media' });

		const [item] = execution.items('RunComfy');
		expect(Object.values(item?.binary ?? {}).map(({ mimeType }) => mimeType)).toEqual(types);
		expect(Object.keys(item?.binary ?? {})[0]).toBe('media');
		expect(item?.json.output_urls).toHaveLength(3);
	});

	it('may be none', async () => {
		const execution = await runWith({ text: 'no file here' });

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ status: 'succeeded', output_urls: [], files: [] });
		expect(execution.items('RunComfy')[0]?.binary).toBeUndefined();
	});

	it('are fetched again when a transfer breaks off', async () => {
		bench.simulator.fault({ on: 'file', times: 2, action: { type: 'cut', share: 0.5 } });
		const execution = await runWith({ video: fileUrl('video-720p-121.mp4') });

		const [item] = execution.items('RunComfy');
		expect(bench.simulator.calls('file')).toHaveLength(3);
		const stored = await bench.engine.readBinary(item?.binary?.data as IBinaryData);
		expect(stored.equals(readMedia('video-720p-121.mp4').bytes)).toBe(true);
	});

	it('come without telling their length', async () => {
		bench.simulator.fault({ on: 'file', action: { type: 'chunked' } });
		const execution = await runWith({ video: fileUrl('video-720p-121.mp4') });

		const stored = await bench.engine.readBinary(execution.items('RunComfy')[0]?.binary?.data as IBinaryData);
		expect(stored.equals(readMedia('video-720p-121.mp4').bytes)).toBe(true);
	});

	it('come by a redirect to an allowed host', async () => {
		bench.simulator.fault({
			on: 'file',
			times: 1,
			action: { type: 'answer', status: 302, headers: { location: '/files/r/image-1024x1024.png' } },
		});
		const execution = await runWith({ image: fileUrl('moved.png') });

		expect(execution.items('RunComfy')[0]?.binary?.data?.mimeType).toBe('image/png');
	});

	it('are fetched by Get Result too', async () => {
		bench.simulator.nextPlans.push({ output: { image: fileUrl('image-1024x1024.png') } });
		await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
		const requestId = bench.simulator.accepted[0]!.id;
		const execution = await bench.run({ operation: 'getResult', requestId });

		expect(execution.items('RunComfy')[0]?.binary?.data?.mimeType).toBe('image/png');
	});
});

describe('a file that cannot be had', () => {
	it.each([
		[
			'is gone',
			{ type: 'answer' as const, status: 403 },
			{},
			'access was denied; the URL may have expired (HTTP 403)',
		],
		[
			'is a web page',
			{ type: 'answer' as const, status: 200, body: '<html></html>' },
			{},
			'returned a web page instead',
		],
		['keeps breaking off', { type: 'cut' as const, share: 0.5 }, {}, 'the connection was lost'],
		['is refused by the server', { type: 'answer' as const, status: 500 }, {}, 'the file server returned HTTP 500'],
		['is too large', undefined, { maxFileSize: 0.1 }, 'it is larger than Max File Size'],
		[
			'is too large and does not say so',
			{ type: 'chunked' as const },
			{ maxFileSize: 0.1 },
			'it is larger than Max File Size',
		],
	])('because it %s, loses nothing of the request', async (_what, action, options, reason) => {
		if (action) bench.simulator.fault({ on: 'file', action });
		const url = fileUrl('image-1024x1024.png');
		const execution = await runWith({ image: url }, options);

		const id = bench.simulator.accepted[0]!.id;
		expect(execution.error('RunComfy')).toMatchObject({
			message: expect.stringContaining(reason),
			context: { details: { code: 'download_failed', request_id: id, charged: 'yes', output_urls: [url] } },
		});
	});

	it('because its host is not allowed, is a failure when there is no other file', async () => {
		const url = fileUrl('image-1024x1024.png', elsewhere.url);
		const execution = await runWith({ image: url });

		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'download_failed',
			output_urls: [url],
		});
		expect(elsewhere.received).toHaveLength(0);
	});

	it('because its host is not allowed, is a warning when there is another file', async () => {
		const foreign = fileUrl('image-1024x1024.png', elsewhere.url);
		const execution = await runWith({ images: [foreign, fileUrl('image-1024x1024.png')] });

		const [item] = execution.items('RunComfy');
		expect(item?.json).toMatchObject({ status: 'succeeded', warnings: [expect.stringContaining(foreign)] });
		expect(item?.json.output_urls).toHaveLength(2);
		expect(item?.json.files).toHaveLength(1);
		expect(execution.hints('RunComfy')).toEqual(item?.json.warnings);
		expect(elsewhere.received).toHaveLength(0);
	});

	it('is not fetched from a host that a redirect leads to and that is not allowed', async () => {
		const location = fileUrl('image-1024x1024.png', elsewhere.url);
		bench.simulator.fault({ on: 'file', action: { type: 'answer', status: 302, headers: { location } } });
		const execution = await runWith({ image: fileUrl('image-1024x1024.png') });

		expect(execution.error('RunComfy')?.message).toContain('it redirects to a URL that is not https');
		expect(elsewhere.received).toHaveLength(0);
	});
});
