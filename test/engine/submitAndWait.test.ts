import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readMedia } from '../simulator/media';
import { DREAMINA, fieldInput, jsonInput, useBench, ownName } from './support/setup';

const bench = useBench();

/** The JSON blocks of the README, in their order. */
const readmeJson = () =>
	[...readFileSync(join(__dirname, '..', '..', 'README.md'), 'utf8').matchAll(/```json\n([\s\S]*?)```/g)].map(
		([, text]) => JSON.parse(text ?? '') as unknown,
	);

/** The keys, in their order, and the types of what is below them. */
function shapeOf(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(shapeOf);
	if (typeof value !== 'object' || value === null) return typeof value;
	return Object.entries(value).map(([key, entry]) => [key, shapeOf(entry)]);
}

const sentInputs = () => bench.simulator.accepted.map(({ input }) => input);

describe('the result', () => {
	it('is data first, with the video in the binary store', async () => {
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput({ number_of_frames: 241, resolution: '1080P', seed: -1 })),
		);

		const [item] = execution.items('RunComfy');
		const [accepted] = bench.simulator.accepted;
		const url = `${bench.simulator.url}/files/${accepted!.id}/video-1080p-241.mp4`;
		expect(item?.json).toEqual({
			request_id: accepted!.id,
			model_id: DREAMINA,
			status: 'succeeded',
			output: { video: url },
			output_urls: [url],
			created_at: expect.stringMatching(/^\d{4}-/),
			finished_at: expect.stringMatching(/^\d{4}-/),
			cost: 0.12,
			files: [
				{
					url,
					binaryPropertyName: 'data',
					fileName: ownName(bench, 'video-1080p-241.mp4'),
					mimeType: 'video/mp4',
					bytes: readMedia('video-1080p-241.mp4').bytes.length,
				},
			],
		});
		expect(item?.pairedItem).toEqual({ item: 0 });
		expect(item?.binary?.data).toMatchObject({
			fileName: ownName(bench, 'video-1080p-241.mp4'),
			mimeType: 'video/mp4',
		});
		const bytes = await bench.engine.readBinary(item!.binary!.data!);
		expect(bytes.equals(readMedia('video-1080p-241.mp4').bytes)).toBe(true);
		expect(execution.items('Done')).toHaveLength(1);
	});

	it('has the shape that the README shows, and so has a failure', async () => {
		const [, shown, shownFailure] = readmeJson();
		const [item] = (await bench.run(fieldInput(bench.dreaminaInput()))).items('RunComfy');
		bench.simulator.nextPlans.push({ outcome: 'failed', reason: { message: 'The picture shows a real person' } });
		const failed = await bench.run(fieldInput(bench.dreaminaInput()), {
			node: { onError: 'continueRegularOutput' },
		});

		expect(shapeOf(item?.json)).toEqual(shapeOf(shown));
		const failure = failed.items('RunComfy')[0]?.json;
		expect(shapeOf(failure)).toEqual(shapeOf(shownFailure));
		const withoutId = (value: unknown) => JSON.stringify(value).replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID');
		expect(withoutId(failure)).toBe(withoutId(shownFailure));
	});

	it('has one item for each input item, in their order', async () => {
		const items = ['one', 'two', 'three'].map((prompt) => ({ json: { prompt } }));
		const execution = await bench.run(fieldInput(bench.dreaminaInput({ prompt: '={{ $json.prompt }}' })), {
			items,
		});

		expect(sentInputs().map(({ prompt }) => prompt)).toEqual(['one', 'two', 'three']);
		expect(execution.items('RunComfy').map(({ json, pairedItem }) => [json.request_id, pairedItem])).toEqual(
			bench.simulator.accepted.map(({ id }, item) => [id, { item }]),
		);
	});

	it('leaves the files alone when they are not wanted', async () => {
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { downloadOutput: false }));

		const [item] = execution.items('RunComfy');
		expect(item?.binary).toBeUndefined();
		expect(item?.json.files).toBeUndefined();
		expect(item?.json.output_urls).toHaveLength(1);
		expect(bench.simulator.calls('file')).toHaveLength(0);
	});

	it('asks for the cost unless told not to', async () => {
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { options: { includeCost: false } }));

		expect(execution.items('RunComfy')[0]?.json).not.toHaveProperty('cost');
		expect(bench.simulator.calls('result')[0]?.path).not.toContain('include_cost');
	});
});

describe('the input', () => {
	it("goes out with the schema's types, whatever expressions make of it", async () => {
		const value = bench.dreaminaInput({ number_of_frames: '241', resolution: ' 1080p', seed: '7.0', prompt: 2024 });
		await bench.run(fieldInput(value));

		expect(sentInputs()).toEqual([
			{
				image_urls: bench.dreaminaInput().image_urls,
				prompt: '2024',
				number_of_frames: 241,
				resolution: '1080P',
				seed: 7,
			},
		]);
	});

	it('leaves out what is empty, and adds no sample defaults', async () => {
		const value = bench.dreaminaInput({ number_of_frames: null, resolution: '', seed: null });
		await bench.run(fieldInput(value));

		expect(sentInputs()).toEqual([bench.dreaminaInput()]);
	});

	it.each([
		['one address', (url: string) => url],
		['a list', (url: string) => [url]],
		['the text of a list', (url: string) => JSON.stringify([url])],
		['lines', (url: string) => `\n  ${url}  \n`],
	])('takes media as %s', async (_what, write) => {
		const [url] = bench.dreaminaInput().image_urls as string[];
		const execution = await bench.run(fieldInput(bench.dreaminaInput({ image_urls: write(url!) as never })));

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(sentInputs()[0]?.image_urls).toEqual([url]);
	});

	it('may be JSON, and additional inputs are merged over it', async () => {
		const additionalInputs = JSON.stringify({ resolution: '1080P', seed: null });
		await bench.run(jsonInput(bench.dreaminaInput({ seed: 5 }), { options: { additionalInputs } }));

		expect(sentInputs()).toEqual([bench.dreaminaInput({ resolution: '1080P' })]);
	});

	it('may be JSON that an expression gives as an object', async () => {
		const inputJson = `={{ ${JSON.stringify(bench.dreaminaInput())} }}`;
		await bench.run({ operation: 'submitAndWait', specifyInput: 'json', inputJson });

		expect(sentInputs()).toEqual([bench.dreaminaInput()]);
	});

	it.each([
		['the id', DREAMINA],
		['the page', `https://www.runcomfy.com/models/${DREAMINA}`],
		['the page in another language', `https://www.runcomfy.com/ja/models/${DREAMINA}/api?tab=http`],
		['an expression', `={{ "${DREAMINA}" }}`],
	])('finds the model by %s', async (_what, value) => {
		const model = { __rl: true, mode: value.startsWith('https') ? 'url' : 'id', value };
		await bench.run(fieldInput(bench.dreaminaInput(), { model }));

		expect(bench.simulator.accepted.map(({ model: { model_id } }) => model_id)).toEqual([DREAMINA]);
	});

	it('is sent with hints only when validation is set to warn', async () => {
		bench.simulator.fault({ on: 'submit', action: { type: 'answer', status: 200, body: '{"request_id":"r-1"}' } });
		const value = bench.dreaminaInput({ resolution: '8K' });
		const execution = await bench.run(fieldInput(value, { operation: 'submit', options: { validation: 'warn' } }));

		const body = JSON.parse(bench.simulator.calls('submit')[0]!.body) as unknown;
		expect(body).toEqual(value);
		expect(execution.hints('RunComfy')).toEqual([expect.stringContaining('Resolution must be "720P" or "1080P"')]);
		expect(execution.items('RunComfy')[0]?.json.warnings).toEqual(execution.hints('RunComfy'));
	});
});

describe('validation that is off', () => {
	it('converts, refuses nothing and says nothing', async () => {
		bench.simulator.fault({ on: 'submit', action: { type: 'answer', status: 200, body: '{"request_id":"r-1"}' } });
		const value = bench.dreaminaInput({
			resolution: '8K',
			number_of_frames: '241',
			seed: '',
			image_urls: 'http://10.0.0.1/x.png',
		});
		const execution = await bench.run(fieldInput(value, { operation: 'submit', options: { validation: 'off' } }));

		const body = JSON.parse(bench.simulator.calls('submit')[0]!.body) as unknown;
		expect(body).toEqual({
			prompt: value.prompt,
			resolution: '8K',
			number_of_frames: 241,
			image_urls: ['http://10.0.0.1/x.png'],
		});
		expect(execution.hints('RunComfy')).toEqual([]);
	});
});

describe('the token', () => {
	it('may have blanks around it', async () => {
		const execution = await bench.run(fieldInput(bench.dreaminaInput()), {
			credential: { apiToken: ` ${String(bench.credential().apiToken)}\n` },
		});

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
	});
});

describe('the schema', () => {
	it('is read once for all items of a run', async () => {
		await bench.run(fieldInput(bench.dreaminaInput()), { items: [{ json: {} }, { json: {} }, { json: {} }] });

		expect(bench.simulator.calls('submit')).toHaveLength(3);
		expect(bench.simulator.calls('model')).toHaveLength(1);
	});

	it.each([
		['the catalog answers with an error', { type: 'answer' as const, status: 500 }, 'is currently unavailable'],
		[
			'the catalog does not have the model',
			{ type: 'answer' as const, status: 404, body: '{}' },
			"doesn't have the model",
		],
		[
			'the catalog answers with a web page',
			{ type: 'answer' as const, status: 200, body: '<html></html>' },
			'is currently unavailable',
		],
		[
			'the entry has no schema',
			{ type: 'answer' as const, status: 200, body: `{"model_id":"${DREAMINA}"}` },
			'has no input schema',
		],
	])('is the bundled one when %s, and the run says so', async (_what, action, reason) => {
		bench.simulator.fault({ on: 'model', action });
		const good = await bench.runFast(fieldInput(bench.dreaminaInput({ number_of_frames: '241' })));
		const bad = await bench.runFast(fieldInput(bench.dreaminaInput({ number_of_frames: 100 })));

		expect(sentInputs()).toEqual([bench.dreaminaInput({ number_of_frames: 241 })]);
		expect(good.hints('RunComfy')).toEqual([
			expect.stringMatching(new RegExp(`${reason}.*schema included in this node`)),
		]);
		expect(good.items('RunComfy')[0]?.json.warnings).toEqual(good.hints('RunComfy'));
		expect(bad.error('RunComfy')?.context.details).toMatchObject({ code: 'invalid_input', charged: 'no' });
	});

	it('may be missing: then the input is sent unchecked, with a hint', async () => {
		bench.simulator.fault({ on: 'model', action: { type: 'answer', status: 404, body: '{}' } });
		const model = { __rl: true, mode: 'id', value: 'openai/gpt-image-2/text-to-image' } as never;
		const execution = await bench.run(fieldInput({ prompt: 'a lake', n: null }, { model }));

		expect(sentInputs()).toEqual([{ prompt: 'a lake' }]);
		expect(execution.hints('RunComfy')).toEqual([expect.stringContaining("so the input wasn't checked")]);
		expect(execution.items('RunComfy')[0]?.binary?.data?.mimeType).toBe('image/png');
	});
});

describe('the wait', () => {
	it('goes through queue and run, and logs each change once', async () => {
		bench.engine.log.length = 0;
		bench.simulator.nextPlans.push({ queueMs: 90_000, runMs: 90_000 });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		const id = bench.simulator.accepted[0]!.id;
		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
		expect(bench.engine.log.find(({ message }) => message.includes('accepted'))?.facts).toMatchObject({
			requestId: id,
			modelId: DREAMINA,
			itemIndex: 0,
			nodeName: 'RunComfy',
			workflowId: 'workflow',
			executionId: expect.any(String),
		});
		const lines = bench.engine.log.filter(({ level }) => level === 'info').map(({ message }) => message);
		expect(lines.map((line) => line.replace(/since .*/, 'since then'))).toEqual(
			[
				`accepted by ${DREAMINA}`,
				'in_queue, position 1',
				'in_progress, seen running since then',
				'completed',
				'downloading file 1 of 1 (31 kB)',
			].map((text) => `RunComfy request ${id}: ${text}`),
		);
	});

	it.each(['state', 'error'] as const)('goes on while the result says "not yet" by %s', async (notReadyAs) => {
		bench.simulator.settings.notReadyAs = notReadyAs;
		// The status runs ahead of the result.
		bench.simulator.fault({
			on: 'status',
			times: 1,
			action: { type: 'answer', status: 200, body: '{"status":"completed"}' },
		});
		bench.simulator.nextPlans.push({ runMs: 600_000 });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));
		bench.simulator.settings.notReadyAs = 'state';

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
		expect(bench.simulator.calls('result')).toHaveLength(2);
	});

	it.each(['succeeded', 'SUCCESS', 'completed'])('understands the status word "%s"', async (statusWord) => {
		bench.simulator.nextPlans.push({ statusWord, resultWord: statusWord });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
	});

	it('keeps polling at an unknown status, and reads the result', async () => {
		bench.simulator.nextPlans.push({ runMs: 3_000 });
		bench.simulator.fault({
			on: 'status',
			times: 1,
			action: { type: 'answer', status: 200, body: '{"status":"polishing"}' },
		});
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
		expect(bench.simulator.calls('status').length).toBeGreaterThan(1);
		expect(bench.simulator.calls('result')).toHaveLength(2);
	});

	it('ends with the request id when the time is up', async () => {
		bench.simulator.nextPlans.push({ runMs: 60_000 });
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { options: { maxWaitTime: 0 } }));

		const id = bench.simulator.accepted[0]!.id;
		expect(execution.error('RunComfy')).toMatchObject({
			message: `The request is still in_progress after 0 seconds (request ${id})`,
			description: expect.stringContaining('Wait'),
			context: {
				details: {
					code: 'timeout',
					request_id: id,
					model_id: DREAMINA,
					status: 'in_progress',
					charged: 'unknown',
				},
			},
		});
		expect(bench.simulator.calls('cancel')).toHaveLength(0);
	});

	it('returns the request id when the time is up, if that is wanted', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		const options = { maxWaitTime: 0, onTimeout: 'return' };
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { options }));

		expect(execution.items('RunComfy')[0]?.json).toEqual({
			request_id: bench.simulator.accepted[0]!.id,
			model_id: DREAMINA,
			status: 'in_queue',
			timed_out: true,
			waited_seconds: 0,
		});
	});
});
