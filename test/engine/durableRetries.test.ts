import { all, DURABLE_NODE, DurableRuns, named } from './support/durableRuns';
import { useControlledClock } from './support/controlledClock';
import { startBench, type Bench } from './support/setup';

let bench: Bench;
let runs: DurableRuns;

beforeAll(async () => {
	bench = await startBench();
	runs = new DurableRuns(bench);
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
useControlledClock();

const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };

it('a failure ends the round also while many items wait for capacity', async () => {
	bench.simulator.nextPlans.push({ runMs: 30_000, outcome: 'failed', reason: 'no boats' });
	const settings = { parameters: { watchSeconds: 600 }, options: { maxConcurrency: 1 } };
	const { execution } = await runs.untilOver(settings, await runs.start(settings, named(6)));

	expect(bench.simulator.accepted).toHaveLength(1);
	expect(execution.error(DURABLE_NODE)?.context.details).toMatchObject({ code: 'generation_failed' });
});

describe('Retry On Fail with Continue On Fail, under which n8n runs a node again whose first item failed', () => {
	it.each([
		['together', 1_000, 200_000],
		['finished', 1_000, 200_000],
		['finished', 100_000, 900_000],
		['together', 1_000, 0],
	])('loses no item and buys none twice, %s, after %d and %d ms', async (returnItems, failedMs, runMs) => {
		bench.simulator.settings.plan.runMs = runMs;
		bench.simulator.nextPlans.push({ runMs: failedMs, outcome: 'failed', reason: 'no boats' });
		const settings = {
			parameters: { watchSeconds: 60, returnItems },
			node: { ...RETRY, onError: 'continueRegularOutput' },
			donePosition: [400, -200],
		};
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(3)));
		bench.simulator.settings.plan.runMs = 0;

		expect(bench.simulator.accepted).toHaveLength(3);
		const done = all(execution, 'Done');
		const codeOf = (error: unknown) => (error as { code?: string } | undefined)?.code;
		expect(done.map(({ name, error }) => name ?? codeOf(error)).sort()).toEqual([
			'generation_failed',
			'item 1',
			'item 2',
		]);
	});
});

describe('an option that one item can no longer read while its request runs', () => {
	const maxWaitTime = "={{ $runIndex > 0 && $json.size === 1 ? 'long' : 100000 }}";

	it('names the request of that item, and may have cost something', async () => {
		bench.simulator.settings.plan.runMs = 200_000;
		const settings = { options: { maxWaitTime } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(3)));
		bench.simulator.settings.plan.runMs = 0;

		const id = bench.simulator.accepted.find(({ input }) => input.prompt === 'item 1')?.id;
		const error = execution.error(DURABLE_NODE);
		expect(error?.message).toContain('Max Wait Time must be a number');
		expect(error?.context.details).toMatchObject({ request_id: id, charged: 'unknown' });
		expect(error?.description).not.toContain('Nothing was');
	});

	it('does the same under Continue On Fail, and the others go on', async () => {
		bench.simulator.settings.plan.runMs = 200_000;
		const settings = { options: { maxWaitTime }, node: { onError: 'continueRegularOutput' } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(3)));
		bench.simulator.settings.plan.runMs = 0;

		const id = bench.simulator.accepted.find(({ input }) => input.prompt === 'item 1')?.id;
		expect(all(execution, 'Done')).toMatchObject([
			{ name: 'item 0', status: 'succeeded' },
			{ error: { message: expect.stringContaining(id ?? ''), request_id: id, charged: 'unknown' } },
			{ name: 'item 2', status: 'succeeded' },
		]);
	});
});
