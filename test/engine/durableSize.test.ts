import { printReport, report } from '../support/report';
import { DurableRuns, named } from './support/durableRuns';
import { useControlledClock } from './support/controlledClock';
import { startBench, type Bench } from './support/setup';

/* What a durable wait takes in n8n's database: the execution is stored once a round, with what all rounds before passed on. */
let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => {
	printReport([
		'1,000 items, round',
		'execution (MB)',
		'of it the state of the node (MB)',
		'bytes an item and round',
	]);
	await bench.stop();
});
beforeEach(() => bench.reset());
useControlledClock();

/** The figures of the docs take minutes; what must hold shows in few rounds. */
const [ITEMS, ROUNDS] = process.env.RUNCOMFY_FULL ? [1_000, 50] : [100, 6];
const MB = 1_048_576;

it('grows by little more than the items themselves in each round', async () => {
	const { stringify } = await import('flatted');
	bench.simulator.settings.plan.queueMs = 1e9;
	const runs = new DurableRuns(bench);
	const settings = { options: { maxConcurrency: ITEMS, maxWaitTime: 1e7 } };
	let execution = await runs.start(settings, named(ITEMS));
	const sizes: number[] = [];
	for (let round = 1; round <= ROUNDS; round++) {
		expect(execution.run.status).toBe('waiting');
		const bytes = Buffer.byteLength(stringify(execution.run.data));
		const state = Buffer.byteLength(JSON.stringify(execution.run.data.executionData!.contextData));
		sizes.push(bytes);
		if ([1, 2, 5, 10, 20, ROUNDS].includes(round))
			report(
				round,
				(bytes / MB).toFixed(1),
				(state / MB).toFixed(2),
				Math.round((bytes - sizes[0]!) / ITEMS / Math.max(1, round - 1)),
			);
		if (round === ROUNDS) break;
		await runs.untilResume(execution);
		const input = { credential: bench.credential() };
		execution = await bench.engine.resume(runs.workflow(settings), input, execution, bench.engine.lastExecutionId);
	}

	const perItemAndRound = (sizes.at(-1)! - sizes[0]!) / ITEMS / (ROUNDS - 1);
	const own = JSON.stringify(named(1)[0]).length;
	// Each round stores the items as this node and the Wait node put them out.
	expect(perItemAndRound).toBeLessThan(2 * (own + 300));
	expect(bench.simulator.accepted).toHaveLength(ITEMS);
}, 300_000);
