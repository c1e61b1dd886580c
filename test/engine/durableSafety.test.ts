import type { IDataObject } from 'n8n-workflow';

import { all, DURABLE_NODE, DurableRuns, named, WAIT_NODE } from './support/durableRuns';
import type { Execution } from './support/engine';
import { driven, useControlledClock } from './support/controlledClock';
import { DREAMINA, startBench, type Bench } from './support/setup';

let bench: Bench;
let runs: DurableRuns;

beforeAll(async () => {
	bench = await startBench();
	runs = new DurableRuns(bench);
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
const clock = useControlledClock();

describe('a failure in a durable wait', () => {
	it('ends the run, cancels what is queued and names the others', async () => {
		bench.simulator.nextPlans.push(
			{ queueMs: 6_000_000 },
			{ runMs: 6_000_000 },
			{ runMs: 200_000, outcome: 'failed', reason: 'no boats' },
		);
		const { execution } = await runs.untilOver({}, await runs.start({}, named(3)));

		const [queued, running, failed] = bench.simulator.accepted;
		expect(execution.error(DURABLE_NODE)).toMatchObject({
			message: expect.stringContaining(`Other requests from this run are still running: ${running?.id}`),
			context: { itemIndex: 2, details: { code: 'generation_failed', request_id: failed?.id } },
		});
		expect(bench.simulator.requests.stateOf(queued!)).toBe('cancelled');
	});

	it('is an item of its own under Continue On Fail', async () => {
		bench.simulator.nextPlans.push({ runMs: 300_000 }, { runMs: 100_000, outcome: 'failed', reason: 'no boats' });
		const settings = { node: { onError: 'continueRegularOutput' } };
		const { execution } = await runs.untilOver(
			settings,
			await runs.start(settings, [...named(2), { json: { name: '' } }]),
		);

		const done = all(execution, 'Done');
		expect(done.map(({ status, error }) => status ?? (error as IDataObject).code)).toEqual([
			'succeeded',
			'generation_failed',
			'invalid_input',
		]);
		expect(Object.keys(done[1] ?? {})).toEqual(['error']);
		expect(bench.simulator.calls('submit')).toHaveLength(2);
	});

	it('leaves by the error output when there is one', async () => {
		bench.simulator.nextPlans.push({ runMs: 100_000 }, { runMs: 100_000, outcome: 'failed', reason: 'no boats' });
		const settings = { node: { onError: 'continueErrorOutput' } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(2)));

		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(['item 0']);
		expect(all(execution, 'Failed')).toHaveLength(1);
	});

	it.each([
		['error', undefined],
		['return', { timed_out: true, status: 'in_queue', name: 'item 0' }],
	])('is a deadline that is over, with onTimeout %s', async (onTimeout, item) => {
		bench.simulator.nextPlans.push({ queueMs: 6_000_000 });
		const settings = { options: { maxWaitTime: 0.2, onTimeout } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(1)));

		const id = bench.simulator.accepted[0]?.id;
		if (item)
			expect(all(execution, 'Done')).toEqual([
				{ ...item, request_id: id, model_id: DREAMINA, waited_seconds: expect.any(Number), size: 0 },
			]);
		else expect(execution.error(DURABLE_NODE)?.context.details).toMatchObject({ code: 'timeout', request_id: id });
		expect(bench.simulator.calls('cancel')).toHaveLength(0);
	});
});

describe('what could cost money or items', () => {
	const ids = () => bench.simulator.accepted.map(({ id }) => id);
	const CONTINUE = { onError: 'continueRegularOutput' };
	/** An input that does not need the item, so that any item could be bought. */
	const anyItem = () => ({
		modelInput: {
			mappingMode: 'defineBelow',
			value: bench.dreaminaInput(),
			matchingColumns: [],
			schema: [],
		} as never,
	});

	it.each([{}, CONTINUE])('is not bought again and again by Always Output Data (%j)', async (node) => {
		const settings = { parameters: anyItem(), node: { ...node, alwaysOutputData: true } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(1)));

		expect(bench.simulator.calls('submit')).toHaveLength(1);
		expect(all(execution, 'Done')).toHaveLength(1);
	});

	it('ends under Continue On Fail when the node itself is set up wrongly', async () => {
		const settings = { parameters: { watchSeconds: 'soon' }, node: CONTINUE };
		const execution = await runs.start(settings, named(2));

		expect(all(execution, 'Done')).toMatchObject([
			{ error: { code: 'invalid_input', charged: 'no' } },
			{ error: { code: 'invalid_input' } },
		]);
		expect(execution.run.data.resultData.runData[DURABLE_NODE]).toHaveLength(1);
	});

	it('ends under Continue On Fail when there is no token', async () => {
		const settings = { node: CONTINUE };
		const execution = await bench.engine.execute(runs.workflow(settings), {
			credential: { ...bench.credential(), apiToken: '' },
			items: named(2),
		});

		expect(all(execution, 'Done')).toMatchObject([
			{ error: { code: 'unauthorized' } },
			{ error: { code: 'unauthorized' } },
		]);
	});

	it('outlasts a read that fails while it waits', async () => {
		bench.simulator.settings.plan.runMs = 400_000;
		const first = await runs.start({}, named(3));
		bench.simulator.settings.plan.runMs = 0;
		bench.simulator.fault({ on: 'status', times: 2, action: { type: 'answer', status: 502 } });
		const { execution } = await runs.untilOver({}, first);

		expect(all(execution, 'Done').map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
	});

	it('keeps the spend limit over all rounds', async () => {
		bench.simulator.settings.plan.runMs = 150_000;
		const settings = {
			options: { maxConcurrency: 1, spendLimit: 0.25 },
			node: { onError: 'continueRegularOutput' },
		};
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(3)));
		bench.simulator.settings.plan.runMs = 0;

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done').map(({ status, error }) => status ?? (error as IDataObject).code)).toEqual([
			'succeeded',
			'succeeded',
			'spend_limit',
		]);
	});

	it('keeps the spend limit when items leave early', async () => {
		const settings = {
			parameters: { watchSeconds: 60, returnItems: 'finished' },
			options: { maxConcurrency: 1, spendLimit: 0.25 },
			node: CONTINUE,
		};
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(5)));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done')).toHaveLength(5);
	});

	it('goes on at once when short requests make room for others', async () => {
		const settings = { parameters: { watchSeconds: 60 }, options: { maxConcurrency: 2 } };
		const { execution, waits } = await runs.untilOver(settings, await runs.start(settings, named(5)));

		expect(waits).toBe(0);
		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(named(5).map(({ json }) => json.name));
	});

	it('names what finished in an earlier round, when a failure ends the run', async () => {
		bench.simulator.nextPlans.push(
			{},
			{ runMs: 6_000_000 },
			{ runMs: 300_000, outcome: 'failed', reason: 'no boats' },
		);
		const { execution } = await runs.untilOver({}, await runs.start({}, named(3)));

		const [finished, running] = ids();
		expect(execution.error(DURABLE_NODE)?.message).toContain(
			`These requests succeeded and can be fetched: ${finished}`,
		);
		expect(execution.error(DURABLE_NODE)?.message).toContain(
			`Other requests from this run are still running: ${running}`,
		);
	});

	it('cancels and names what is under way, when the file of a finished item cannot be had', async () => {
		bench.simulator.nextPlans.push({ runMs: 150_000 }, { queueMs: 6_000_000 }, { runMs: 6_000_000 });
		bench.simulator.fault({ on: 'file', action: { type: 'answer', status: 404 } });
		const settings = { parameters: { returnItems: 'finished', downloadOutput: true } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(3)));

		const [, queued, running] = bench.simulator.accepted;
		expect(execution.error(DURABLE_NODE)?.context.details).toMatchObject({ code: 'download_failed' });
		expect(execution.error(DURABLE_NODE)?.message).toContain(
			`Other requests from this run are still running: ${running?.id}`,
		);
		expect(bench.simulator.requests.stateOf(queued!)).toBe('cancelled');
	});

	it("buys again on a person's Retry what failed for good, and nothing else", async () => {
		bench.simulator.nextPlans.push({ runMs: 100_000 }, { runMs: 300_000, outcome: 'failed', reason: 'no boats' });
		const { execution: failed } = await runs.untilOver({}, await runs.start({}, named(2)));
		expect(failed.error(DURABLE_NODE)?.context.details).toMatchObject({ code: 'generation_failed' });
		const retry = await bench.engine.continueFailed(runs.workflow({}), { credential: bench.credential() }, failed);
		const { execution } = await runs.untilOver({}, retry);

		expect(all(execution, 'Done').map(({ request_id }) => request_id)).toEqual([ids()[0], ids()[2]]);
		expect(bench.simulator.calls('submit')).toHaveLength(3);
	});

	it('finds its requests again under Retry On Fail, and submits what the run itself cancelled', async () => {
		bench.simulator.nextPlans.push({ queueMs: 6_000_000 }, { runMs: 100_000 }, {});
		bench.simulator.fault({ on: 'submit', skip: 2, times: 1, action: { type: 'answer', status: 422, body: '{}' } });
		const settings = { node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(3)));

		expect(all(execution, 'Done').map(({ name, status }) => [name, status])).toEqual(
			named(3).map(({ json }) => [json.name, 'succeeded']),
		);
		const live = bench.simulator.accepted
			.filter(({ cancelledAt }) => cancelledAt === undefined)
			.map(({ input }) => input.prompt);
		expect([...live].sort()).toEqual(['item 0', 'item 1', 'item 2']);
	});

	it('waits in process when a person runs the node alone, and says so', async () => {
		bench.simulator.nextPlans.push({ runMs: 100_000 });
		const execution = await bench.engine.execute(runs.workflow({}), {
			credential: bench.credential(),
			items: named(1),
			destination: DURABLE_NODE,
		});

		expect(execution.items(DURABLE_NODE)).toMatchObject([{ json: { status: 'succeeded' } }]);
		expect(execution.hints(DURABLE_NODE)).toEqual([
			expect.stringContaining('Run on its own, as a single step, this node waits in memory'),
		]);
	});

	it('gives a finished item no error of its past', async () => {
		const submit = await bench.run({
			operation: 'submit',
			specifyInput: 'json',
			inputJson: JSON.stringify(bench.dreaminaInput()),
		});
		const items = [
			{ json: { error: { code: 'timeout', request_id: submit.items('RunComfy')[0]?.json.request_id } } },
		];
		const settings = { parameters: { operation: 'wait' } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, items));

		expect(all(execution, 'Done')).toMatchObject([{ status: 'succeeded' }]);
		expect(Object.keys(all(execution, 'Done')[0] ?? {})).not.toContain('error');
	});

	it.each([
		[[400, 0], 1],
		[[400, -200], 0],
	])('says when nodes behind Done cannot run early, because they lie at %j', async (position, hints) => {
		const settings = { parameters: { returnItems: 'finished', watchSeconds: 60 }, donePosition: position };
		const execution = await runs.start(settings, named(1));

		expect(execution.hints(DURABLE_NODE)).toHaveLength(hints);
	});

	it('hands items on while others wait, to nodes that lie above', async () => {
		bench.simulator.nextPlans.push({}, { runMs: 6_000_000 });
		const settings = { parameters: { returnItems: 'finished' }, donePosition: [400, -200] };
		const first = await runs.start(settings, named(2));

		expect(first.run.status).toBe('waiting');
		expect(all(first, 'Done').map(({ name }) => name)).toEqual(['item 0']);
	});
});

describe('what a Retry and other nodes could cost', () => {
	const RETRY = { retryOnFail: true, maxTries: 5, waitBetweenTries: 0 };
	/** An input that does not need the item, so that any item could be bought. */
	const anyItem = () => ({
		modelInput: {
			mappingMode: 'defineBelow',
			value: bench.dreaminaInput(),
			matchingColumns: [],
			schema: [],
		} as never,
	});
	/** Items as n8n's own nodes give them under Continue On Fail. */
	const withErrorOfANodeBefore = () =>
		named(3).map((item, index) => (index === 1 ? { ...item, error: new Error('upstream') as never } : item));
	const retried = async (failed: Execution) =>
		await runs.untilOver(
			{},
			await bench.engine.continueFailed(runs.workflow({}), { credential: bench.credential() }, failed),
		);

	afterEach(() => {
		bench.simulator.settings.plan.runMs = 0;
	});

	it.each([{}, { onError: 'continueErrorOutput' }])(
		'keeps the state of items that carry an error of a node before (%j)',
		async (node) => {
			bench.simulator.settings.plan.runMs = 200_000;
			const settings = { parameters: anyItem(), node };
			const { execution } = await runs.untilOver(settings, await runs.start(settings, withErrorOfANodeBefore()));

			expect(bench.simulator.accepted).toHaveLength(3);
			expect(execution.error(DURABLE_NODE)).toBeUndefined();
			expect(all(execution, 'Done').map(({ request_id }) => request_id)).toEqual(
				bench.simulator.accepted.map(({ id }) => id),
			);
		},
	);

	it('does not buy again on a Retry what only could not be read', async () => {
		bench.simulator.settings.plan.runMs = 500_000;
		const first = await runs.start({}, named(6));
		for (const on of ['status', 'result'] as const)
			bench.simulator.fault({ on, action: { type: 'answer', status: 401, body: '{}' } });
		const { execution, waits } = await runs.untilOver({}, first);
		expect(waits).toBe(2);
		bench.simulator.faults.clear();
		const { execution: again } = await retried(execution);

		expect(bench.simulator.accepted).toHaveLength(6);
		expect(all(again, 'Done')).toHaveLength(6);
	});

	it('does not buy again on a Retry when an option could not be read in a later round', async () => {
		bench.simulator.settings.plan.runMs = 300_000;
		const settings = { options: { maxWaitTime: "={{ $runIndex > 0 ? 'long' : 100 }}" } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(5)));
		expect(execution.error(DURABLE_NODE)?.message).toContain('Max Wait Time must be a number');
		// The author corrects the workflow; n8n's Retry takes the node from there.
		const [stacked] = execution.run.data.executionData!.nodeExecutionStack;
		stacked!.node = runs.workflow({}).nodes.find(({ name }) => name === DURABLE_NODE) as never;
		await retried(execution);

		expect(bench.simulator.accepted).toHaveLength(5);
	});

	it('keeps the spend limit over the tries of Retry On Fail', async () => {
		const settings = { parameters: { watchSeconds: 60 }, options: { spendLimit: 0.24 }, node: RETRY };
		await runs.start(settings, named(10));

		expect(
			bench.simulator.accepted.filter(({ cancelledAt }) => cancelledAt === undefined).length,
		).toBeLessThanOrEqual(2);
	});

	it('submits nothing more after a failure, also under Retry On Fail', async () => {
		bench.simulator.nextPlans.push({ outcome: 'failed', reason: 'no' });
		const settings = {
			parameters: { watchSeconds: 60 },
			options: { maxConcurrency: 1 },
			node: { ...RETRY, maxTries: 2 },
		};
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(5)));

		expect(bench.simulator.accepted).toHaveLength(1);
		expect(execution.error(DURABLE_NODE)?.context.details).toMatchObject({ code: 'generation_failed' });
	});
});

describe('Stop in a durable wait', () => {
	const states = () => bench.simulator.accepted.map((request) => bench.simulator.requests.stateOf(request));

	it('cancels what was not saved yet', async () => {
		bench.simulator.nextPlans.push({ queueMs: 6_000_000 });
		const pending = bench.engine.start(runs.workflow({ parameters: { watchSeconds: 60 } }), {
			credential: bench.credential(),
			items: named(1),
		});
		await clock.until('the first look', () => bench.simulator.calls('status').length > 0);
		pending.cancel();
		await driven(pending).catch(() => {});
		await clock.until('the cancel', () => states()[0] === 'cancelled');
	});

	it.each<[IDataObject, string]>([
		// A restart of n8n stops it in the same way.
		[{}, 'in_queue'],
		[{ cancelOnStop: true }, 'cancelled'],
	])('with %j leaves a saved request %s', async (options, state) => {
		bench.simulator.nextPlans.push({ queueMs: 6_000_000 });
		const settings = { options };
		const first = await runs.start(settings, named(1));
		expect(first.run.status).toBe('waiting');
		const looks = bench.simulator.calls('status').length;
		bench.simulator.fault({ on: 'status', action: { type: 'delay', ms: 1_000 } });
		const { pending } = await bench.engine.startAgain(
			runs.workflow(settings),
			{ credential: bench.credential() },
			first,
			bench.engine.lastExecutionId,
		);
		await clock.until('the next look', () => bench.simulator.calls('status').length > looks);
		pending.cancel();
		await driven(pending).catch(() => {});
		// The node ends only when its cancels are answered.
		await clock.until(
			'the end of the node',
			() => bench.simulator.calls('cancel').length === (state === 'cancelled' ? 1 : 0),
		);

		expect(states()).toEqual([state]);
	});
});

describe('the connections of a durable wait', () => {
	it.each([
		['without a loop', [['Done'], []], "The Pending output doesn't lead back"],
		['with Pending leading nowhere back', [['Done'], ['Failed']], "The Pending output doesn't lead back"],
		[
			'with Done connected to the input',
			[[DURABLE_NODE], [WAIT_NODE]],
			'would submit (and charge for) every finished item again',
		],
	])('are refused %s, before anything is paid', async (_what, outputs, message) => {
		const execution = await runs.start({ outputs }, named(2));

		expect(execution.error(DURABLE_NODE)).toMatchObject({
			message: expect.stringContaining(message),
			description: expect.stringContaining('Nothing was submitted or charged'),
			context: { details: { code: 'invalid_input', charged: 'no' } },
		});
		expect(bench.simulator.received).toHaveLength(0);
	});
});
