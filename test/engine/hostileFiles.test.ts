import { createHash } from 'node:crypto';
import type { IBinaryData } from 'n8n-workflow';

import type { FaultAction } from '../simulator/faults';
import { hashOfLargeFile } from '../simulator/largeFiles';
import { readMedia } from '../simulator/media';
import { isEngineOfN8n1 } from './support/engine';
import { fieldInput, startBench, type Bench, ownName } from './support/setup';

/*
 * File servers that break every rule there is. Whatever they do, n8n gets the whole file or none, and a person learns why.
 * All of it in n8n's filesystem store and in its memory.
 */
let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());

const VIDEO = 'video-720p-121.mp4';
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
const answer = (status: number, body = '', headers = {}): FaultAction => ({ type: 'answer', status, body, headers });

/** Runs a request whose result is this file. */
async function fetched(name = VIDEO, options = {}) {
	const url = `${bench.simulator.url}/files/r/${name}`;
	bench.simulator.nextPlans.push({ output: { video: url } });
	const execution = await bench.runFast(fieldInput(bench.dreaminaInput(), { options }));
	const binary = execution.items('RunComfy')[0]?.binary?.data;
	const bytes = binary && (await bench.engine.readBinary(binary));
	return { execution, binary, bytes, message: execution.error('RunComfy')?.message ?? '' };
}

describe.each(['filesystem', 'memory'] as const)('with the %s store', (store) => {
	beforeAll(async () => await bench.engine.useStore(store));
	afterAll(async () => await bench.engine.useStore('filesystem'));
	beforeEach(() => bench.reset());

	/** Everything below n8n's folder for files, by name and size: half a file would be one more. */
	const stored = () =>
		isEngineOfN8n1
			? 'n8n 1.x keeps what it has of a file, and no node can remove it'
			: bench.engine.storedFiles().length;

	it.each<[string, FaultAction, string, object?]>([
		[
			'that is shorter than announced, without a way to go on',
			{ type: 'cut', share: 0.5 },
			'the connection was lost',
		],
		['without an end', { type: 'endless' }, 'it is larger than Max File Size (1 MB)', { maxFileSize: 1 }],
		[
			'that unpacks to a hundred times its size',
			{ type: 'gzipBomb', bytes: 20_000_000 },
			'it is larger than Max File Size (1 MB)',
			{ maxFileSize: 1 },
		],
		[
			'that is announced as too large',
			{ type: 'headers', headers: {} },
			'it is larger than Max File Size (0.01 MB)',
			{ maxFileSize: 0.01 },
		],
		[
			'that is another one than its checksum says',
			{ type: 'headers', headers: { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' } },
			"don't match the checksum from its server",
		],
		['that is a web page', answer(200, '<html></html>'), 'returned a web page instead'],
		[
			'that is a web page in disguise',
			answer(200, '<html></html>', { 'content-type': 'video/mp4' }),
			'returned text instead',
		],
		['that is an error in JSON', answer(200, '{"error_code":500001}'), 'returned text instead'],
		[
			'that is an error in XML',
			answer(200, '<?xml version="1.0"?><Error/>', { 'content-type': 'application/xml' }),
			'returned text instead',
		],
		['that is empty', answer(200, '', { 'content-type': 'video/mp4' }), 'it is empty'],
		[
			'whose address has expired',
			answer(403, '<Error/>'),
			'access was denied; the URL may have expired (HTTP 403)',
		],
		['that is not there', answer(404), 'there is no file at its URL (HTTP 404)'],
		['of a server that is broken', answer(503), 'the file server returned HTTP 503'],
		[
			'that is sent on to a private address',
			answer(302, '', { location: 'https://192.168.1.5/a.mp4' }),
			"a host that isn't allowed (192.168.1.5)",
		],
		[
			'that is sent on to http',
			answer(302, '', { location: 'http://files.runcomfy.net/a.mp4' }),
			'redirects to a URL that is not https',
		],
		[
			'that is sent on to a foreign host',
			answer(302, '', { location: 'https://example.com/a.mp4' }),
			"a host that isn't allowed (example.com)",
		],
		[
			'that is sent on without end',
			answer(302, '', { location: `/files/r/${VIDEO}` }),
			'it redirects too many times',
		],
		['that trickles', { type: 'drip', pieces: 100_000, everyMs: 1_000 }, 'the connection was lost'],
		['that never comes', { type: 'hang' }, 'the connection was lost'],
	])('refuses a file %s', async (_what, action, reason, options = {}) => {
		const before = stored();
		bench.simulator.fault({ on: 'file', action });
		const { execution, message, binary } = await fetched(VIDEO, options);

		expect(message).toContain(reason);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'download_failed',
			request_id: bench.simulator.accepted[0]?.id,
			output_urls: [`${bench.simulator.url}/files/r/${VIDEO}`],
		});
		expect(binary).toBeUndefined();
		expect(stored()).toBe(before);
	});

	it.each([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])(
		'takes up a file again that is cut after %s of it',
		async (share) => {
			bench.simulator.fault({ on: 'file', times: 1, action: { type: 'cut', share } });
			const { bytes } = await fetched();

			const whole = readMedia(VIDEO).bytes;
			expect(sha256(bytes!)).toBe(sha256(whole));
			const [first, second] = bench.simulator.calls('file');
			expect(first?.headers.range).toBeUndefined();
			expect(second?.headers.range).toBe(`bytes=${Math.floor(whole.length * share)}-`);
			expect(bench.simulator.calls('file')).toHaveLength(2);
		},
	);

	it('takes up a file again and again, as long as more of it comes', async () => {
		bench.simulator.fault({ on: 'file', times: 5, action: { type: 'cut', share: 0.4 } });
		const { bytes } = await fetched();

		expect(sha256(bytes!)).toBe(sha256(readMedia(VIDEO).bytes));
		expect(bench.simulator.calls('file')).toHaveLength(6);
	});

	it('fetches a file anew that changed after it was cut', async () => {
		bench.simulator.fault({ on: 'file', times: 1, action: { type: 'cut', share: 0.5 } });
		bench.simulator.fault({ on: 'file', times: 1, action: { type: 'headers', headers: { etag: '"another"' } } });
		const { bytes } = await fetched();

		expect(sha256(bytes!)).toBe(sha256(readMedia(VIDEO).bytes));
		expect(bench.simulator.calls('file').map(({ headers }) => headers.range !== undefined)).toEqual([
			false,
			true,
			false,
		]);
	});

	it('keeps a file of many megabytes byte by byte', async () => {
		const { bytes, execution } = await fetched('large-12.mp4');

		expect(sha256(bytes!)).toBe(hashOfLargeFile(12));
		expect(execution.items('RunComfy')[0]?.json.files).toMatchObject([
			{ bytes: 12 * 1_048_576, mimeType: 'video/mp4' },
		]);
	});

	it.each([
		['..%2f..%2fpasswd.mp4', '_.._passwd-ID.mp4'],
		['con.mp4', '_con-ID.mp4'],
		[`${'x'.repeat(300)}.mp4`, `${'x'.repeat(120)}-ID.mp4`],
		['', undefined],
	])('gives a file with the name "%s" a safe one', async (name, safe) => {
		const { bytes } = readMedia(VIDEO);
		const url = `${bench.simulator.url}/files/r/${name}`;
		bench.simulator.fault({
			on: 'file',
			times: 1,
			action: { type: 'answer', status: 302, headers: { location: `/files/r/${VIDEO}` } },
		});
		bench.simulator.nextPlans.push({ output: [url] });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		const [item] = execution.items('RunComfy');
		const id = String(bench.simulator.accepted[0]?.id);
		expect(item?.binary?.data?.fileName).toBe(safe?.replace('ID', id.slice(0, 8)) ?? `${id}.mp4`);
		expect((await bench.engine.readBinary(item?.binary?.data as IBinaryData)).length).toBe(bytes.length);
	});

	it('names a file as its server does, and tells the sides of a picture', async () => {
		const headers = {
			'content-disposition': 'attachment; filename="the boat.png"',
			'content-type': 'application/octet-stream',
		};
		bench.simulator.fault({ on: 'file', action: { type: 'headers', headers } });
		const { execution, binary } = await fetched('image-1024x1024.png');

		expect(binary).toMatchObject({
			fileName: ownName(bench, 'the boat.png'),
			mimeType: 'image/png',
			fileExtension: 'png',
		});
		expect(execution.items('RunComfy')[0]?.json.files).toMatchObject([
			{ fileName: ownName(bench, 'the boat.png'), width: 1024, height: 1024 },
		]);
	});

	it('corrects a type that the bytes contradict', async () => {
		bench.simulator.fault({ on: 'file', action: { type: 'headers', headers: { 'content-type': 'image/webp' } } });
		const { binary } = await fetched('image-1024x1024.png');

		expect(binary).toMatchObject({ fileName: ownName(bench, 'image-1024x1024.png'), mimeType: 'image/png' });
	});

	it('gives files with one name names of their own', async () => {
		bench.simulator.nextPlans.push({ output: [1, 2, 3].map((n) => `${bench.simulator.url}/files/${n}/${VIDEO}`) });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		const names = Object.values(execution.items('RunComfy')[0]?.binary ?? {}).map(({ fileName }) => fileName);
		const own = ownName(bench, VIDEO);
		expect(new Set(names)).toEqual(new Set([own, own.replace('.', '-2.'), own.replace('.', '-3.')]));
	});
});

describe('a store that collects files', () => {
	beforeEach(() => bench.reset());
	afterAll(async () => await bench.engine.useStore('filesystem'));

	it('in memory refuses what Node cannot hold as text, before a byte of it is read', async () => {
		await bench.engine.useStore('memory');
		bench.simulator.fault({
			on: 'file',
			action: { type: 'headers', headers: { 'content-length': String(500 * 1_048_576) } },
		});
		const { message } = await fetched();

		expect(message).toContain("at 500 MB, it is larger than n8n's binary data storage allows (380 MB)");
		expect(message).toContain('N8N_DEFAULT_BINARY_DATA_MODE');
	});

	it('in memory says what it costs', async () => {
		await bench.engine.useStore('memory');
		const { execution } = await fetched('large-65.mp4');

		expect(execution.hints('RunComfy')).toEqual([expect.stringContaining('n8n is set to keep files in memory')]);
		expect(execution.items('RunComfy')[0]?.json.warnings).toEqual(execution.hints('RunComfy'));
	});
});

describe('Stop', () => {
	it('ends downloads that are under way, and those that wait for their turn', async () => {
		bench.reset();
		const before = bench.engine.storedFiles().length;
		bench.simulator.nextPlans.push({
			output: Array.from({ length: 9 }, (_, n) => `${bench.simulator.url}/files/${n}/${VIDEO}`),
		});
		bench.simulator.fault({ on: 'file', action: { type: 'drip', pieces: 200, everyMs: 50 } });
		const pending = bench.engine.start(bench.workflow(fieldInput(bench.dreaminaInput())), {
			credential: bench.credential(),
		});
		for (let turn = 0; turn < 500 && bench.simulator.calls('file').length < 4; turn++)
			await new Promise((resolve) => setTimeout(resolve, 10));
		pending.cancel();
		await pending.catch(() => {});

		expect(bench.simulator.calls('file')).toHaveLength(4);
		if (!isEngineOfN8n1) expect(bench.engine.storedFiles().length).toBe(before);
	});
});
