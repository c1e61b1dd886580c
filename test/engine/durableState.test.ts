import { all, DURABLE_NODE, DurableRuns, named } from './durableRuns';
import { useControlledClock } from './controlledClock';
import { startBench, type Bench } from './setup';

/* What the items of a durable wait remember, and for whom it counts. */
let bench: Bench;
let runs: DurableRuns;

beforeAll(async () => {
	bench = await startBench();
	runs = new DurableRuns(bench);
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
useControlledClock();

const CONTINUE = { onError: 'continueRegularOutput' };
/** An input that does not need the item, so that any item could be bought. */
const anyItem = () => ({ modelInput: { mappingMode: 'defineBelow', value: bench.dreaminaInput(), matchingColumns: [], schema: [] } as never });

it('what was refused in one execution is tried again in that of a Retry', async () => {
	bench.simulator.nextPlans.push({ runMs: 200 });
	const first = await runs.start({ node: CONTINUE }, [...named(1), { json: { name: '' } }]);
	expect(first.run.status).toBe('waiting');
	expect(bench.simulator.accepted).toHaveLength(1);
	// The author corrects the prompt; the same item comes from the store, in another execution.
	const corrected = { node: CONTINUE, parameters: anyItem() };
	const retry = await bench.engine.resume(runs.workflow(corrected), { credential: bench.credential() }, first, 'another');
	const { execution } = await runs.untilOver(corrected, retry);

	expect(bench.simulator.accepted).toHaveLength(2);
	expect(all(execution, 'Done').map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
});

it('what was refused stays refused while its execution goes on', async () => {
	bench.simulator.nextPlans.push({ runMs: 200 });
	const settings = { node: CONTINUE };
	const { execution } = await runs.untilOver(settings, await runs.start(settings, [...named(1), { json: { name: '' } }]));

	expect(bench.simulator.accepted).toHaveLength(1);
	expect(all(execution, 'Done')).toMatchObject([{ status: 'succeeded' }, { error: { code: 'invalid_input' } }]);
});

it('an item whose data look like an error of n8n keeps its state', async () => {
	bench.simulator.settings.plan.runMs = 200;
	const items = [...named(1), { json: { $json: { name: 'inner' }, $error: { message: 'upstream' } } }];
	const settings = { parameters: anyItem() };
	const { execution } = await runs.untilOver(settings, await runs.start(settings, items));
	bench.simulator.settings.plan.runMs = 0;

	expect(execution.error(DURABLE_NODE)).toBeUndefined();
	expect(bench.simulator.calls('submit')).toHaveLength(2);
	expect(all(execution, 'Done')).toHaveLength(2);
});
