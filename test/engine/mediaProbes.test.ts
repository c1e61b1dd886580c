import type { IDataObject } from 'n8n-workflow';

import type { CatalogModel } from '../simulator/catalog';
import { INPUT_IMAGE, readMedia } from '../simulator/media';
import { driven, useControlledClock } from './support/controlledClock';
import { DREAMINA, fieldInput, startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	// n8n sets timers of its own when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
const clock = useControlledClock();

const items = (count: number) => Array.from({ length: count }, (_, index) => ({ json: { index } }));
const ownImage = () => `=${bench.simulator.url}/files/inputs/${INPUT_IMAGE}?{{ $json.index }}`;
const parameters = (url: string, more: IDataObject = {}) =>
	fieldInput(bench.dreaminaInput({ image_urls: url, ...more }), { operation: 'submit' });
const looks = () => bench.simulator.calls('media').length;

describe('the probes of a run', () => {
	it('delay a hundred items by one time limit when their host does not respond', async () => {
		bench.simulator.fault({ on: 'media', action: { type: 'hang' } });
		const execution = await bench.run(parameters(ownImage()), { items: items(100) });

		expect(bench.simulator.accepted).toHaveLength(100);
		expect(looks()).toBe(2);
		expect(clock.elapsed()).toBeGreaterThanOrEqual(10_000);
		expect(clock.elapsed()).toBeLessThan(15_000);
		expect(execution.hints('RunComfy').join('\n')).toMatch(
			/couldn't be checked: its server didn't respond in time[\s\S]*couldn't be checked: its server failed for other files/,
		);
	});

	it('leave a host alone that drops the connection', async () => {
		bench.simulator.fault({ on: 'media', action: { type: 'drop' } });
		await bench.run(parameters(ownImage()), { items: items(20) });

		expect(bench.simulator.accepted).toHaveLength(20);
		expect(looks()).toBe(2);
	});

	it('have their time for all of the file, and not for each piece of it', async () => {
		bench.simulator.fault({ on: 'media', action: { type: 'drip', pieces: 10, everyMs: 4_000 } });
		const execution = await bench.run(parameters(ownImage()), { items: items(1) });

		expect(clock.elapsed()).toBeGreaterThanOrEqual(10_000);
		expect(clock.elapsed()).toBeLessThan(12_000);
		expect(execution.hints('RunComfy')).toEqual([expect.stringContaining("didn't respond in time")]);
	});

	it('end at once on Stop, those that wait too, and nothing is submitted', async () => {
		bench.simulator.fault({ on: 'media', action: { type: 'hang' } });
		const pending = bench.engine.start(bench.workflow(parameters(ownImage())), {
			credential: bench.credential(),
			items: items(20),
		});
		await clock.until('two files are looked at', () => looks() === 2);
		const stoppedAt = clock.elapsed();
		pending.cancel();
		await driven(pending).catch(() => {});

		expect(clock.elapsed() - stoppedAt).toBeLessThan(100);
		expect(looks()).toBe(2);
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('are one a URL, also where one input has rules about pixels and another has none', async () => {
		const entry = bench.simulator.models.find(({ model_id }) => model_id === DREAMINA) as CatalogModel;
		const kept = entry.input_schema;
		const image = { type: 'string', format: 'image_uri' };
		const rules = [{ validation_rule: 'width_pixels<=', validation_value: 4_000, validation_error: 'Too wide.' }];
		entry.input_schema = { type: 'object', properties: { start: image, end: { ...image, validations: rules } } };
		const url = `${bench.simulator.url}/files/inputs/${INPUT_IMAGE}`;
		await bench.run(fieldInput({ start: url, end: url }, { operation: 'submit' }), { items: items(10) });
		entry.input_schema = kept;

		expect(bench.simulator.accepted).toHaveLength(10);
		expect(looks()).toBe(1);
	});
});

describe('a data URI that holds no file', () => {
	const jpeg = readMedia(INPUT_IMAGE).bytes.toString('base64');
	it.each([
		[
			"n8n's mark for a file elsewhere",
			'data:image/png;base64,filesystem-v2',
			`Image contains "filesystem-v2", which is n8n's reference to a stored file`,
		],
		['broken base64', `data:image/png;base64,${jpeg}…`, 'Image is a data URI with invalid Base64'],
		[
			'a web page',
			`data:image/png;base64,${Buffer.from('<!doctype html><title>x</title>').toString('base64')}`,
			'Image is a web page',
		],
		[
			'an answer of a server',
			`data:image/png;base64,${Buffer.from('{"error":"not found"}').toString('base64')}`,
			'Image is text (JSON or XML)',
		],
		['another kind of file', `data:video/mp4;base64,${jpeg}`, 'Image is declared as video/mp4'],
	])('but %s is refused before the submit, without advice to switch the check off', async (_what, uri, text) => {
		const execution = await bench.run(parameters(uri));
		const error = execution.error('RunComfy');

		expect(error?.context.details).toMatchObject({
			code: 'media_rejected',
			charged: 'no',
			message: expect.stringContaining(text),
		});
		expect(error?.description).not.toMatch(/Warn|Check Media/);
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});
});

describe('a file on the web that is none', () => {
	it.each([
		[
			'JSON',
			{ type: 'answer' as const, status: 200, body: '{"error":"not found"}' },
			'its server returned text (JSON or XML)',
		],
		[
			'an empty one',
			{ type: 'answer' as const, status: 200, body: '', headers: { 'content-length': '0' } },
			'its server returned nothing',
		],
	])('but %s is a hint: the server may have slipped', async (_what, action, text) => {
		bench.simulator.fault({ on: 'media', action });
		const execution = await bench.run(parameters(ownImage()));

		expect(execution.hints('RunComfy')).toEqual([expect.stringContaining(text)]);
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});
});
