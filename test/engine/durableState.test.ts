import { all, DURABLE_NODE, DurableRuns, named } from './support/durableRuns';
import { useControlledClock } from './support/controlledClock';
import { startBench, type Bench } from './support/setup';

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
const anyItem = () => ({
	modelInput: { mappingMode: 'defineBelow', value: bench.dreaminaInput(), matchingColumns: [], schema: [] } as never,
});

it('what was refused in one execution is tried again in that of a Retry', async () => {
	bench.simulator.nextPlans.push({ runMs: 200_000 });
	const first = await runs.start({ node: CONTINUE }, [...named(1), { json: { name: '' } }]);
	expect(first.run.status).toBe('waiting');
	expect(bench.simulator.accepted).toHaveLength(1);
	// The author corrects the prompt; the same item comes from the store, in another execution.
	const corrected = { node: CONTINUE, parameters: anyItem() };
	const retry = await bench.engine.resume(
		runs.workflow(corrected),
		{ credential: bench.credential() },
		first,
		'another',
	);
	const { execution } = await runs.untilOver(corrected, retry);

	expect(bench.simulator.accepted).toHaveLength(2);
	expect(all(execution, 'Done').map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
});

it('what was refused stays refused while its execution goes on', async () => {
	bench.simulator.nextPlans.push({ runMs: 200_000 });
	const settings = { node: CONTINUE };
	const { execution } = await runs.untilOver(
		settings,
		await runs.start(settings, [...named(1), { json: { name: '' } }]),
	);

	expect(bench.simulator.accepted).toHaveLength(1);
	expect(all(execution, 'Done')).toMatchObject([{ status: 'succeeded' }, { error: { code: 'invalid_input' } }]);
});

it('an item whose data look like an error of n8n keeps its state', async () => {
	bench.simulator.settings.plan.runMs = 200_000;
	const items = [...named(1), { json: { $json: { name: 'inner' }, $error: { message: 'upstream' } } }];
	const settings = { parameters: anyItem() };
	const { execution } = await runs.untilOver(settings, await runs.start(settings, items));
	bench.simulator.settings.plan.runMs = 0;

	expect(execution.error(DURABLE_NODE)).toBeUndefined();
	expect(bench.simulator.calls('submit')).toHaveLength(2);
	expect(all(execution, 'Done')).toHaveLength(2);
});

it('an item that carries an error of a node before keeps its state also while others leave early', async () => {
	bench.simulator.nextPlans.push({}, { runMs: 300_000 }, { runMs: 600_000 });
	const items = named(3).map((item, index) =>
		index === 0 ? item : { ...item, error: new Error('upstream') as never },
	);
	const settings = { parameters: { ...anyItem(), returnItems: 'finished' }, donePosition: [400, -200] };
	const { execution } = await runs.untilOver(settings, await runs.start(settings, items));

	expect(execution.error(DURABLE_NODE)).toBeUndefined();
	expect(bench.simulator.calls('submit')).toHaveLength(3);
	expect(all(execution, 'Done').map(({ request_id }) => request_id)).toEqual(
		bench.simulator.accepted.map(({ id }) => id),
	);
});

it.each([[undefined], [null], ['lost']])(
	'an item whose state was lost on its way (%j) is not bought again, and the others are named',
	async (left) => {
		bench.simulator.settings.plan.runMs = 200_000;
		const settings = { parameters: anyItem() };
		const first = await runs.start(settings, named(2));
		bench.simulator.settings.plan.runMs = 0;
		expect(first.run.status).toBe('waiting');
		const [stacked] = first.run.data.executionData!.nodeExecutionStack;
		Object.assign(stacked!.data.main![0]![1]!.json, { runComfyWait: left });
		const { execution } = await runs.untilOver(settings, first);

		expect(execution.error(DURABLE_NODE)).toMatchObject({
			message: expect.stringContaining(bench.simulator.accepted[0]!.id),
			context: { details: { code: 'invalid_input', charged: 'unknown' } },
		});
		expect(bench.simulator.calls('submit')).toHaveLength(2);
	},
);

it('names every request when a setting of the node becomes invalid in a later round', async () => {
	bench.simulator.settings.plan.runMs = 200_000;
	const settings = { parameters: { watchSeconds: '={{ $runIndex > 0 ? "soon" : 0 }}' } };
	const { execution } = await runs.untilOver(settings, await runs.start(settings, named(2)));
	bench.simulator.settings.plan.runMs = 0;

	const error = execution.error(DURABLE_NODE);
	expect(error?.message).toContain('Watch First');
	for (const { id } of bench.simulator.accepted) expect(error?.message).toContain(id);
	expect(error?.context.details).toMatchObject({ charged: 'unknown' });
	expect(error?.description).not.toContain('Nothing was');
	expect(bench.simulator.accepted).toHaveLength(2);
});

describe('the spend limit of a durable wait', () => {
	/** Below the price of so many and one more. */
	const limitFor = (count: number) => 0.12 * count + 0.05;

	it('counts a round once that Retry On Fail runs again', async () => {
		bench.simulator.fault({ on: 'submit', skip: 3, times: 1, action: { type: 'answer', status: 422, body: '{}' } });
		const settings = {
			parameters: { watchSeconds: 60 },
			options: { maxConcurrency: 2, spendLimit: limitFor(4) },
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 },
		};
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(4)));

		expect(execution.error(DURABLE_NODE)).toBeUndefined();
		expect(all(execution, 'Done').map(({ status }) => status)).toEqual(Array(4).fill('succeeded'));
	});

	it('holds for items that come by another way as well', async () => {
		const settings = { parameters: { watchSeconds: 60 }, options: { spendLimit: limitFor(2) } };
		const workflow = runs.workflow(settings);
		const [trigger, ...nodes] = workflow.nodes;
		const before = (name: string) => ({ ...trigger!, id: name, name, type: 'n8n-nodes-base.noOp' });
		const to = (...names: string[]) => ({
			main: [names.map((node) => ({ node, type: 'main' as const, index: 0 }))],
		});
		const connections = {
			...workflow.connections,
			Trigger: to('One', 'Other'),
			One: to(DURABLE_NODE),
			Other: to(DURABLE_NODE),
		};
		const twice = { ...workflow, nodes: [trigger!, before('One'), before('Other'), ...nodes], connections };
		const execution = await bench.engine.execute(twice, { credential: bench.credential(), items: named(2) });

		expect(execution.error(DURABLE_NODE)).toMatchObject({
			message: expect.stringContaining(
				'the 2 items of this run cost about 0.24 USD, and about 0.24 USD are already planned in this execution',
			),
			context: { details: { code: 'spend_limit' } },
		});
		expect(bench.simulator.accepted).toHaveLength(2);
	});
});

describe('Resubmit Failed in a durable wait', () => {
	const plan = () => bench.simulator.nextPlans.push({ runMs: 90_000, outcome: 'failed', reason: 'busy', cost: 0 });

	it('submits again what failed without a charge, counts it by the spend limit and lists it', async () => {
		plan();
		const settings = { options: { resubmitFailed: 2, spendLimit: 0.3 } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(1)));

		const [failed, again] = bench.simulator.accepted;
		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done')).toMatchObject([
			{ name: 'item 0', status: 'succeeded', request_id: again?.id, attempts: [{ request_id: failed?.id }] },
		]);
	});

	it('ends after so many, and not beyond the spend limit', async () => {
		for (let index = 0; index < 4; index++) plan();
		const settings = { options: { resubmitFailed: 3, spendLimit: 0.3 }, node: CONTINUE };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(1)));

		const [first, second] = bench.simulator.accepted.map(({ id }) => id);
		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done')).toMatchObject([
			{
				error: {
					code: 'spend_limit',
					charged: 'no',
					request_id: second,
					message: expect.stringContaining(`Failed before: ${first}, ${second}`) as string,
					description: expect.not.stringContaining('submitted') as string,
				},
			},
		]);
	});

	it.each([
		['fails for good', CONTINUE],
		['fails for good', {}],
		['gets no answer', CONTINUE],
		['gets no answer', {}],
	])('names all failed requests when the last one %s (%j)', async (end, node) => {
		plan();
		if (end === 'fails for good') plan();
		else bench.simulator.fault({ on: 'submit', skip: 1, action: { type: 'drop' }, carriedOut: true });
		const settings = { options: { resubmitFailed: 1 }, node };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(1)));

		const first = bench.simulator.accepted[0]?.id;
		const [item] = all(execution, 'Done') as Array<{ error: { message: string } }>;
		expect(bench.simulator.accepted).toHaveLength(2);
		expect(item?.error.message ?? execution.error(DURABLE_NODE)?.message).toContain(`Failed before: ${first}`);
	});

	it('does not submit again what was charged, or without the option', async () => {
		bench.simulator.nextPlans.push({ runMs: 90_000, outcome: 'failed', reason: 'no', cost: 0.1 });
		const charged = { options: { resubmitFailed: 2 } };
		const first = await runs.untilOver(charged, await runs.start(charged, named(1)));
		plan();
		const without = await runs.untilOver({}, await runs.start({}, named(1)));

		expect(bench.simulator.accepted).toHaveLength(2);
		for (const { execution } of [first, without])
			expect(execution.error(DURABLE_NODE)?.context.details).toMatchObject({ code: 'generation_failed' });
	});
});
