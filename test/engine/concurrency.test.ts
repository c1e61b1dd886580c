import { driven, useControlledClock } from './support/controlledClock';
import { fieldInput, useBench } from './support/setup';

const bench = useBench();
const clock = useControlledClock();

const items = (count: number) => Array.from({ length: count }, (_, index) => ({ json: { index } }));
const parameters = (more = {}) => fieldInput(bench.dreaminaInput({ prompt: '={{ "prompt " + $json.index }}' }), more);

/** The most requests that were under way at once, by the simulator's own times. */
function mostAtOnce(): number {
	const spans = bench.simulator.accepted.map(
		({ submittedAt, plan }) => [submittedAt, submittedAt + plan.runMs] as const,
	);
	return Math.max(...spans.map(([start]) => spans.filter(([from, until]) => from <= start && start < until).length));
}

describe('many items', () => {
	it('are worked on at once, and come out in the order of the input', async () => {
		for (let index = 0; index < 12; index++)
			bench.simulator.nextPlans.push({ runMs: 1_000 + 37 * ((index * 7) % 12) });
		const execution = await bench.run(parameters(), { items: items(12) });

		const prompts = new Map(bench.simulator.accepted.map(({ id, input }) => [id, input.prompt]));
		const out = execution.items('RunComfy');
		expect(out.map(({ json }) => prompts.get(String(json.request_id)))).toEqual(
			items(12).map(({ json }) => `prompt ${json.index}`),
		);
		expect(out.map(({ pairedItem }) => pairedItem)).toEqual(items(12).map((_item, item) => ({ item })));
		expect(mostAtOnce()).toBe(10);
	});

	it('are bounded by Max Concurrency', async () => {
		bench.simulator.settings.plan.runMs = 300;
		await bench.run(parameters({ options: { maxConcurrency: 3 } }), { items: items(9) });
		bench.simulator.settings.plan.runMs = 0;

		expect(bench.simulator.accepted).toHaveLength(9);
		expect(mostAtOnce()).toBeLessThanOrEqual(3);
	});

	it('do not hold each other up under Continue On Fail', async () => {
		for (let index = 0; index < 6; index++)
			bench.simulator.nextPlans.push(index % 2 ? {} : { outcome: 'failed', reason: 'no' });
		const execution = await bench.run(parameters({ options: { maxConcurrency: 1 } }), {
			items: items(6),
			node: { onError: 'continueRegularOutput' },
		});

		expect(execution.items('RunComfy').map(({ json }) => (json.error ? 'failed' : json.status))).toEqual([
			'failed',
			'succeeded',
			'failed',
			'succeeded',
			'failed',
			'succeeded',
		]);
	});

	it('end with the first failure in time: what is queued is cancelled, what runs is named', async () => {
		bench.simulator.nextPlans.push(
			{ queueMs: 60_000 },
			{ runMs: 60_000 },
			{ runMs: 400, outcome: 'failed', reason: 'no' },
		);
		const execution = await bench.run(parameters({ options: { maxConcurrency: 3 } }), { items: items(8) });

		const [queued, running, failed] = bench.simulator.accepted;
		expect(bench.simulator.accepted).toHaveLength(3);
		expect(bench.simulator.requests.stateOf(queued!)).toBe('cancelled');
		expect(execution.error('RunComfy')?.message).toBe(
			`The generation failed: no (request ${failed!.id}). Other requests from this run are still running: ${running!.id}`,
		);
	});

	it('stop together', async () => {
		bench.simulator.settings.plan.queueMs = 60_000;
		const pending = bench.engine.start(bench.workflow(parameters()), {
			credential: bench.credential(),
			items: items(20),
		});
		await clock.until('all are read', () => bench.simulator.calls('status').length >= 10);
		pending.cancel();
		await driven(pending).catch(() => {});
		await clock.pass(30_000);
		bench.simulator.settings.plan.queueMs = 0;

		expect(bench.simulator.accepted).toHaveLength(10);
		expect(bench.simulator.calls('cancel')).toHaveLength(10);
	});
});

describe('a model whose run time is known', () => {
	it('is asked when it is likely to be finished', async () => {
		bench.simulator.settings.plan.runMs = 3_000;
		for (let round = 0; round < 3; round++) await bench.run(parameters({ downloadOutput: false }));
		bench.simulator.settings.plan.runMs = 0;

		const [first, , third] = bench.simulator.accepted.map(
			({ id }) => bench.simulator.calls('status').filter(({ path }) => path.includes(id)).length,
		);
		expect(first).toBeGreaterThanOrEqual(4);
		expect(third).toBeLessThanOrEqual(3);
	});
});
