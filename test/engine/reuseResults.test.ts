import type { INodeParameters } from 'n8n-workflow';

import { TOKENS } from '../simulator/accounts';
import { readMedia } from '../simulator/media';
import { driven, useControlledClock } from './support/controlledClock';
import { fieldInput, jsonInput, useBench } from './support/setup';

const bench = useBench();

const ids = () => bench.simulator.accepted.map(({ id }) => id);
const submits = () => bench.simulator.calls('submit').length;
const reusing = (input: object = {}, options: object = {}) =>
	fieldInput(bench.dreaminaInput(input as never), { options: { reuseResults: 'manual', ...options } as never });
const items = (count: number) => Array.from({ length: count }, () => ({ json: {} }));

/** Runs as n8n does for a trigger. */
const automatic = async (parameters: INodeParameters) =>
	await bench.engine.execute(bench.workflow(parameters), { credential: bench.credential(), mode: 'trigger' });

describe('Reuse Results', () => {
	it('takes the request of an earlier execution, with its files, and says so', async () => {
		await bench.run(reusing());
		const execution = await bench.run(reusing());

		const [item] = execution.items('RunComfy');
		expect(submits()).toBe(1);
		expect(item?.json).toMatchObject({ request_id: ids()[0], status: 'succeeded', reused: true, cost: 0.12 });
		expect(item?.json.files).toHaveLength(1);
	});

	it('finds what was submitted while the option was off, and by Submit', async () => {
		await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
		const execution = await bench.run(reusing());
		const submit = await bench.run({ ...reusing(), operation: 'submit' });

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ request_id: ids()[0], reused: true });
		expect(submit.items('RunComfy')[0]?.json).toMatchObject({ request_id: ids()[0], reused: true });
		expect(submits()).toBe(1);
	});

	it.each([
		['never', 'manual', 2],
		['', 'manual', 2],
		['manual', 'manual', 1],
		['manual', 'trigger', 2],
		['always', 'trigger', 1],
	])('set to %j in %s executions submits %d', async (reuseResults, mode, count) => {
		const run = async () =>
			mode === 'trigger'
				? await automatic(reusing({}, { reuseResults }))
				: await bench.run(reusing({}, { reuseResults }));
		await run();
		await run();

		expect(submits()).toBe(count);
	});

	it.each([
		['an empty seed', { seed: '' }, { seed: null }],
		['the seed that means random', { seed: -1 }, {}],
		[
			'a random expression',
			{ seed: '={{ Math.floor(Math.random() * 1000) }}' },
			{ seed: '={{ Date.now() % 1000 }}' },
		],
		['the same seed', { seed: 7 }, { seed: '7' }],
	])('takes %s for the same input', async (_what, first, second) => {
		await bench.run(reusing(first));
		await bench.run(reusing(second));

		expect(submits()).toBe(1);
	});

	it.each([
		['another seed', { seed: 7 }, { seed: 8 }],
		['another prompt', { prompt: 'a' }, { prompt: 'b' }],
		['a seed that was random', { seed: '={{ Math.floor(Math.random() * 1000) }}' }, { seed: 7 }],
	])('takes %s for another input', async (_what, first, second) => {
		await bench.run(reusing(first));
		await bench.run(reusing(second));

		expect(submits()).toBe(2);
	});

	it('takes JSON with the names in another order for the same input', async () => {
		const { image_urls, prompt } = bench.dreaminaInput();
		const options = { reuseResults: 'manual' };
		await bench.run(jsonInput({ image_urls, prompt }, { options }));
		await bench.run(jsonInput({ prompt, image_urls }, { options }));

		expect(submits()).toBe(1);
	});

	it('compares the contents of files', async () => {
		const parameters = fieldInput(
			{ prompt: 'the boat leaves' },
			{
				binaryInputs: { input: [{ field: 'image_urls', binaryPropertyName: 'data' }] } as never,
				options: { reuseResults: 'manual' },
			},
		);
		const withFile = (name: string) => ({
			items: [
				{
					json: {},
					binary: {
						data: {
							data: readMedia(name).bytes.toString('base64'),
							mimeType: 'image/png',
							fileName: 'a.png',
						},
					},
				},
			],
		});
		await bench.run(parameters, withFile('image-1024x1024.png'));
		await bench.run(parameters, withFile('image-1024x1024.png'));
		expect(submits()).toBe(1);
		const other = Buffer.from(readMedia('image-1024x1024.png').bytes);
		other[other.length - 20]! ^= 1;
		await bench.run(parameters, {
			items: [
				{
					json: {},
					binary: { data: { data: other.toString('base64'), mimeType: 'image/png', fileName: 'a.png' } },
				},
			],
		});
		expect(submits()).toBe(2);
	});

	it('never takes a request of another account or model', async () => {
		await bench.run(reusing());
		await bench.run(reusing(), { token: TOKENS.other });
		await bench.run({ ...reusing(), model: { __rl: true, mode: 'id', value: 'wan-ai/wan-2.7/text-to-video' } }, {});

		expect(submits()).toBe(3);
	});

	it.each([
		['failed, as the node saw', 'submitAndWait', { outcome: 'failed' as const }],
		['failed, as nobody saw', 'submit', { outcome: 'failed' as const }],
		['was cancelled, as nobody saw', 'submit', { resultWord: 'cancelled' }],
	])('never takes a request that %s', async (_what, operation, plan) => {
		bench.simulator.nextPlans.push(plan);
		await bench.run({ ...reusing(), operation });
		const execution = await bench.run(reusing());

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ request_id: ids()[1], status: 'succeeded' });
		expect(execution.items('RunComfy')[0]?.json.reused).toBeUndefined();
	});

	it('pays nothing when RunComfy does not say how an earlier request went', async () => {
		await bench.run({ ...reusing(), operation: 'submit' });
		bench.simulator.fault({ on: 'result', times: 4, action: { type: 'answer', status: 503 } });
		const execution = await bench.runFast(reusing());

		expect(submits()).toBe(1);
		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ request_id: ids()[0], reused: true });
	});

	it('gives equal items of a run their own results, as they had them', async () => {
		const first = await bench.run(reusing(), { items: items(3) });
		const second = await bench.run(reusing(), { items: items(3) });
		const idsOf = (execution: typeof first) => execution.items('RunComfy').map(({ json }) => json.request_id);

		expect(new Set(idsOf(first)).size).toBe(3);
		expect(idsOf(second)).toEqual(idsOf(first));
		expect(submits()).toBe(3);
	});

	it('asks once for each failed request that nobody saw end, however many items there are', async () => {
		bench.simulator.settings.plan.outcome = 'failed';
		await bench.run({ ...reusing(), operation: 'submit' }, { items: items(40) });
		bench.simulator.settings.plan.outcome = 'succeeded';
		await bench.run({ ...reusing(), operation: 'submit' }, { items: items(40) });

		expect(submits()).toBe(80);
		expect(bench.simulator.calls('result').length).toBeLessThan(160);
	});

	it('gives no item the request of another one while there are others', async () => {
		const parameters = { ...reusing({ prompt: '={{ $json.prompt ?? "the boat leaves" }}' }), operation: 'submit' };
		bench.simulator.nextPlans.push({ outcome: 'failed' });
		await bench.run({ ...parameters, options: { maxConcurrency: 1 } }, { items: items(4) });
		// The first item finds out that its own request failed when the last one has the newest already.
		bench.simulator.fault({ on: 'result', times: 1, action: { type: 'answer', status: 503 } });
		const others = [{ json: { prompt: 'another' } }, { json: { prompt: 'a third' } }];
		const execution = await bench.runFast(parameters, { items: [{ json: {} }, ...others, { json: {} }] });

		const given = execution.items('RunComfy').map(({ json }) => json.request_id);
		expect([given[0], given[3]]).toEqual([ids()[2], ids()[3]]);
		expect(submits()).toBe(6);
	});

	it('is not counted by Spend Limit', async () => {
		await bench.run(reusing());
		const execution = await bench.run(reusing({}, { spendLimit: 0.01 }));

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(submits()).toBe(1);
	});

	it('does not buy under Retry On Fail when the request that was taken fails', async () => {
		bench.simulator.nextPlans.push({ runMs: 2_000, outcome: 'failed' });
		await bench.run({ ...reusing(), operation: 'submit' });
		const execution = await bench.runFast(reusing(), {
			node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 },
		});

		expect(submits()).toBe(1);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'generation_failed',
			request_id: ids()[0],
			description: expect.stringContaining('set Reuse Results in Options to Never') as string,
		});
	});

	it.each(['sometimes', true])('refuses %j before anything is paid', async (reuseResults) => {
		const execution = await bench.run(reusing({}, { reuseResults }));

		expect(execution.error('RunComfy')?.message).toContain('Reuse Results must be one of');
		expect(submits()).toBe(0);
	});
});

describe('a request that was taken', () => {
	const clock = useControlledClock();

	it('is not cancelled by Stop', async () => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		await bench.run({ ...reusing(), operation: 'submit' });
		const pending = bench.engine.start(bench.workflow(reusing()), { credential: bench.credential() });
		await clock.until('the wait', () => bench.simulator.calls('status').length > 0);
		pending.cancel();
		await driven(pending).catch(() => {});

		expect(bench.simulator.calls('cancel')).toHaveLength(0);
		expect(submits()).toBe(1);
	});

	it('is not cancelled when another item fails', async () => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		await bench.run({ ...reusing(), operation: 'submit' });
		bench.simulator.nextPlans.push({ outcome: 'failed' });
		const execution = await bench.run(reusing({ prompt: '={{ $json.prompt ?? "the boat leaves the shore" }}' }), {
			items: [{ json: {} }, { json: { prompt: 'another' } }],
		});

		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'generation_failed' });
		expect(bench.simulator.calls('cancel')).toHaveLength(0);
		expect(submits()).toBe(2);
	});
});

describe('a manual run that repeats a paid input', () => {
	const hint = expect.stringContaining('set Reuse Results in Options to In Manual Executions') as string;

	it('is told how not to pay again', async () => {
		const parameters = fieldInput(bench.dreaminaInput());
		const first = await bench.run(parameters);
		const second = await bench.run(parameters);

		expect(first.hints('RunComfy')).toEqual([]);
		expect(second.hints('RunComfy')).toEqual([hint]);
	});

	it('is told nothing where it did not repeat, or where nobody looks', async () => {
		const first = await bench.run(fieldInput(bench.dreaminaInput()), { items: items(2) });
		const other = await bench.run(fieldInput(bench.dreaminaInput({ prompt: 'another' })));
		const unattended = await automatic(fieldInput(bench.dreaminaInput()));

		for (const { hints } of [first, other, unattended]) expect(hints('RunComfy')).not.toContainEqual(hint);
	});
});
