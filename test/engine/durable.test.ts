import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';

import { nextCheckAt } from '../../nodes/RunComfyDurable/nextCheck';
import { runComfyNode, type Execution } from './engine';
import { startBench, type Bench } from './setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());

const NODE = 'RunComfy Durable Wait';

interface Settings {
	parameters?: INodeParameters;
	options?: IDataObject;
	node?: IDataObject;
	/** Connections of the node by output; the loop and Done by default. */
	outputs?: string[][];
	type?: string;
	donePosition?: number[];
}

function workflow({ parameters = {}, options = {}, node = {}, outputs = [[NODE], ['Done'], ['Failed']], type = 'runComfyDurable', donePosition = [400, 100] }: Settings) {
	const input = bench.dreaminaInput({ prompt: '={{ $json.name }}' });
	const base = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	const end = (name: string) => ({ ...base, id: name, name, type: 'n8n-nodes-base.noOp', position: donePosition as [number, number] });
	const durable = {
		...runComfyNode({
			operation: 'submitAndWait',
			specifyInput: 'fields',
			modelInput: { mappingMode: 'defineBelow', value: input, matchingColumns: [], schema: [] } as never,
			watchSeconds: 0,
			downloadOutput: false,
			...parameters,
			options: options as never,
		}),
		id: 'durable',
		name: NODE,
		type: `n8n-nodes-runcomfy.${type}`,
		...node,
	};
	const to = (names: string[]) => names.map((name) => ({ node: name, type: 'main' as const, index: 0 }));
	return {
		nodes: [base, durable, end('Done'), end('Failed')],
		connections: { Trigger: { main: [to([NODE])] }, [NODE]: { main: outputs.map(to) } },
		settings: { executionOrder: 'v1' as const },
	};
}

const named = (count: number): INodeExecutionData[] => Array.from({ length: count }, (_, index) => ({ json: { name: `item ${index}`, size: index } }));

async function start(settings: Settings, items: INodeExecutionData[]): Promise<Execution> {
	return await bench.engine.execute(workflow(settings), { credential: bench.credential() as never, items });
}

/** Resumes as n8n does, until the execution is over. @returns it, and how often it waited */
async function untilOver(settings: Settings, first: Execution): Promise<{ execution: Execution; waits: number }> {
	let execution = first;
	let waits = 0;
	const id = bench.engine.lastExecutionId;
	while (execution.run.status === 'waiting') {
		waits += 1;
		if (waits > 60) throw new Error('It waits without end');
		await new Promise((resolve) => setTimeout(resolve, 100));
		execution = await bench.engine.resume(workflow(settings), { credential: bench.credential() as never }, execution, id);
	}
	return { execution, waits };
}

/** All items that a node got, over all its runs. */
const all = ({ run }: Execution, node: string) =>
	(run.data.resultData.runData[node] ?? []).flatMap(({ data }) => data?.main?.[0] ?? []).map(({ json }) => json);

describe('the durable wait', () => {
	it('stores the ids, resumes, and hands on all items together with their own data', async () => {
		bench.simulator.nextPlans.push({ runMs: 50 }, { runMs: 600 }, { runMs: 300 });
		const first = await start({}, named(3));
		expect(first.run.status).toBe('waiting');
		const { execution, waits } = await untilOver({}, first);

		expect(execution.run.status).toBe('success');
		expect(waits).toBeGreaterThan(1);
		expect(all(execution, 'Done').map(({ name, size, status }) => [name, size, status])).toEqual([
			['item 0', 0, 'succeeded'], ['item 1', 1, 'succeeded'], ['item 2', 2, 'succeeded'],
		]);
		expect(JSON.stringify(all(execution, 'Done'))).not.toContain('runComfyWait');
		const prompts = new Map(bench.simulator.accepted.map(({ id, input }) => [id, input.prompt]));
		for (const json of all(execution, 'Done')) expect(prompts.get(String(json.request_id))).toBe(json.name);
		expect(bench.simulator.calls('submit')).toHaveLength(3);
	});

	it('hands on items as they finish, each once', async () => {
		bench.simulator.nextPlans.push({ runMs: 700 }, { runMs: 0 }, { runMs: 300 });
		const settings = { parameters: { returnItems: 'finished' }, donePosition: [400, -200] };
		const { execution } = await untilOver(settings, await start(settings, named(3)));

		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(['item 1', 'item 2', 'item 0']);
		expect(bench.simulator.calls('submit')).toHaveLength(3);
	});

	it('watches new requests first, so that short ones are not stored', async () => {
		bench.simulator.settings.plan.runMs = 200;
		const { execution, waits } = await untilOver({}, await start({ parameters: { watchSeconds: 20 } }, named(3)));
		bench.simulator.settings.plan.runMs = 0;

		expect(waits).toBe(0);
		expect(all(execution, 'Done')).toHaveLength(3);
	});

	it('submits no more than Max Concurrency at once', async () => {
		bench.simulator.settings.plan.runMs = 250;
		const settings = { options: { maxConcurrency: 2 } };
		const first = await start(settings, named(5));
		expect(bench.simulator.accepted).toHaveLength(2);
		const { execution } = await untilOver(settings, first);
		bench.simulator.settings.plan.runMs = 0;

		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(named(5).map(({ json }) => json.name));
		expect(bench.simulator.calls('submit')).toHaveLength(5);
	});

	it('fetches files, and keeps those that items came with', async () => {
		const items = named(1).map((item) => ({ ...item, binary: { logo: { data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'logo.txt' } } }));
		bench.simulator.nextPlans.push({ runMs: 150 });
		const settings = { parameters: { downloadOutput: true } };
		const { execution } = await untilOver(settings, await start(settings, items));

		const [item] = execution.items('Done');
		expect(Object.keys(item?.binary ?? {}).sort()).toEqual(['data', 'logo']);
		expect((await bench.engine.readBinary(item!.binary!.data!)).length).toBeGreaterThan(1000);
	});

	it('waits for requests that were submitted before', async () => {
		bench.simulator.nextPlans.push({ runMs: 200 });
		const submit = await bench.run({ operation: 'submit', specifyInput: 'json', inputJson: JSON.stringify(bench.dreaminaInput()) });
		const items = submit.items('RunComfy').map(({ json }) => ({ json }));
		const settings = { parameters: { operation: 'wait', requestId: '={{ $json.request_id }}' } };
		const { execution } = await untilOver(settings, await start(settings, items));

		expect(all(execution, 'Done')).toMatchObject([{ status: 'succeeded', request_id: bench.simulator.accepted[0]?.id }]);
	});

	it('keeps the spend limit over all rounds', async () => {
		bench.simulator.settings.plan.runMs = 150;
		const settings = { options: { maxConcurrency: 1, spendLimit: 0.25 }, node: { onError: 'continueRegularOutput' } };
		const { execution } = await untilOver(settings, await start(settings, named(3)));
		bench.simulator.settings.plan.runMs = 0;

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done').map(({ status, error }) => status ?? (error as IDataObject).code)).toEqual(['succeeded', 'succeeded', 'invalid_input']);
	});
});

describe('a failure in a durable wait', () => {
	it('ends the run, cancels what is queued and names the others', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 }, { runMs: 60_000 }, { runMs: 200, outcome: 'failed', reason: 'no boats' });
		const { execution } = await untilOver({}, await start({}, named(3)));

		const [queued, running, failed] = bench.simulator.accepted;
		expect(execution.error(NODE)).toMatchObject({
			message: expect.stringContaining(`Other requests of this run go on: ${running?.id}`),
			context: { itemIndex: 2, details: { code: 'generation_failed', request_id: failed?.id } },
		});
		expect(bench.simulator.requests.stateOf(queued!)).toBe('cancelled');
	});

	it('is an item of its own under Continue On Fail', async () => {
		bench.simulator.nextPlans.push({ runMs: 300 }, { runMs: 100, outcome: 'failed', reason: 'no boats' });
		const settings = { node: { onError: 'continueRegularOutput' } };
		const { execution } = await untilOver(settings, await start(settings, [...named(2), { json: { name: '' } }]));

		const done = all(execution, 'Done');
		expect(done.map(({ status, error }) => status ?? (error as IDataObject).code)).toEqual(['succeeded', 'generation_failed', 'invalid_input']);
		expect(Object.keys(done[1] ?? {})).toEqual(['error']);
		expect(bench.simulator.calls('submit')).toHaveLength(2);
	});

	it('leaves by the error output when there is one', async () => {
		bench.simulator.nextPlans.push({ runMs: 100 }, { runMs: 100, outcome: 'failed', reason: 'no boats' });
		const settings = { node: { onError: 'continueErrorOutput' } };
		const { execution } = await untilOver(settings, await start(settings, named(2)));

		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(['item 0']);
		expect(all(execution, 'Failed')).toHaveLength(1);
	});

	it.each([
		['error', undefined],
		['return', { timed_out: true, status: 'in_queue', name: 'item 0' }],
	])('is a deadline that is over, with onTimeout %s', async (onTimeout, item) => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		const settings = { options: { maxWaitTime: 0.2, onTimeout } };
		const { execution } = await untilOver(settings, await start(settings, named(1)));

		const id = bench.simulator.accepted[0]?.id;
		if (item) expect(all(execution, 'Done')).toEqual([{ ...item, request_id: id, waited_seconds: expect.any(Number), size: 0 }]);
		else expect(execution.error(NODE)?.context.details).toMatchObject({ code: 'timeout', request_id: id });
		expect(bench.simulator.calls('cancel')).toHaveLength(0);
	});
});

describe('what could cost money or items', () => {
	const ids = () => bench.simulator.accepted.map(({ id }) => id);
	const CONTINUE = { onError: 'continueRegularOutput' };
	/** An input that does not need the item, so that any item could be bought. */
	const anyItem = () => ({ modelInput: { mappingMode: 'defineBelow', value: bench.dreaminaInput(), matchingColumns: [], schema: [] } as never });

	it.each([{}, CONTINUE])('is not bought again and again by Always Output Data (%j)', async (node) => {
		const settings = { parameters: anyItem(), node: { ...node, alwaysOutputData: true } };
		const { execution } = await untilOver(settings, await start(settings, named(1)));

		expect(bench.simulator.calls('submit')).toHaveLength(1);
		expect(all(execution, 'Done')).toHaveLength(1);
	});

	it('ends under Continue On Fail when the node itself is set up wrongly', async () => {
		const settings = { parameters: { watchSeconds: 'soon' }, node: CONTINUE };
		const execution = await start(settings, named(2));

		expect(all(execution, 'Done')).toMatchObject([{ error: { code: 'invalid_input', charged: 'no' } }, { error: { code: 'invalid_input' } }]);
		expect(execution.run.data.resultData.runData[NODE]).toHaveLength(1);
	});

	it('ends under Continue On Fail when there is no token', async () => {
		const settings = { node: CONTINUE };
		const execution = await bench.engine.execute(workflow(settings), { credential: { ...bench.credential(), apiToken: '' } as never, items: named(2) });

		expect(all(execution, 'Done')).toMatchObject([{ error: { code: 'unauthorized' } }, { error: { code: 'unauthorized' } }]);
	});

	it('outlasts a read that fails while it waits', async () => {
		bench.simulator.settings.plan.runMs = 400;
		const first = await start({}, named(3));
		bench.simulator.settings.plan.runMs = 0;
		bench.simulator.fault({ on: 'status', times: 2, action: { type: 'answer', status: 502 } });
		const { execution } = await untilOver({}, first);

		expect(all(execution, 'Done').map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
	});

	it('keeps the spend limit when items leave early', async () => {
		const settings = { parameters: { watchSeconds: 20, returnItems: 'finished' }, options: { maxConcurrency: 1, spendLimit: 0.25 }, node: CONTINUE };
		const { execution } = await untilOver(settings, await start(settings, named(5)));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done')).toHaveLength(5);
	});

	it('goes on at once when short requests make room for others', async () => {
		const settings = { parameters: { watchSeconds: 20 }, options: { maxConcurrency: 2 } };
		const { execution, waits } = await untilOver(settings, await start(settings, named(5)));

		expect(waits).toBe(0);
		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(named(5).map(({ json }) => json.name));
	});

	it('names what finished in an earlier round, when a failure ends the run', async () => {
		bench.simulator.nextPlans.push({}, { runMs: 60_000 }, { runMs: 300, outcome: 'failed', reason: 'no boats' });
		const { execution } = await untilOver({}, await start({}, named(3)));

		const [finished, running] = ids();
		expect(execution.error(NODE)?.message).toContain(`These succeeded and can be fetched: ${finished}`);
		expect(execution.error(NODE)?.message).toContain(`Other requests of this run go on: ${running}`);
	});

	it('cancels and names what is under way, when the file of a finished item cannot be had', async () => {
		bench.simulator.nextPlans.push({ runMs: 150 }, { queueMs: 60_000 }, { runMs: 60_000 });
		bench.simulator.fault({ on: 'file', action: { type: 'answer', status: 404 } });
		const settings = { parameters: { returnItems: 'finished', downloadOutput: true } };
		const { execution } = await untilOver(settings, await start(settings, named(3)));

		const [, queued, running] = bench.simulator.accepted;
		expect(execution.error(NODE)?.context.details).toMatchObject({ code: 'download_failed' });
		expect(execution.error(NODE)?.message).toContain(`Other requests of this run go on: ${running?.id}`);
		expect(bench.simulator.requests.stateOf(queued!)).toBe('cancelled');
	});

	it("buys again on a person's Retry what failed for good, and nothing else", async () => {
		bench.simulator.nextPlans.push({ runMs: 100 }, { runMs: 300, outcome: 'failed', reason: 'no boats' });
		const { execution: failed } = await untilOver({}, await start({}, named(2)));
		expect(failed.error(NODE)?.context.details).toMatchObject({ code: 'generation_failed' });
		const retry = await bench.engine.goOn(workflow({}), { credential: bench.credential() as never }, failed);
		const { execution } = await untilOver({}, retry);

		expect(all(execution, 'Done').map(({ request_id }) => request_id)).toEqual([ids()[0], ids()[2]]);
		expect(bench.simulator.calls('submit')).toHaveLength(3);
	});

	it('finds its requests again under Retry On Fail, and submits what the run itself cancelled', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 }, { runMs: 100 }, {});
		bench.simulator.fault({ on: 'submit', skip: 2, times: 1, action: { type: 'answer', status: 422, body: '{}' } });
		const settings = { node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 } };
		const { execution } = await untilOver(settings, await start(settings, named(3)));

		expect(all(execution, 'Done').map(({ name, status }) => [name, status])).toEqual(named(3).map(({ json }) => [json.name, 'succeeded']));
		const live = bench.simulator.accepted.filter(({ cancelledAt }) => cancelledAt === undefined).map(({ input }) => input.prompt);
		expect([...live].sort()).toEqual(['item 0', 'item 1', 'item 2']);
	});

	it('waits in process when a person runs the node alone, and says so', async () => {
		bench.simulator.nextPlans.push({ runMs: 100 });
		const execution = await bench.engine.execute(workflow({}), { credential: bench.credential() as never, items: named(1), destination: NODE });

		expect(execution.items(NODE, 1)).toMatchObject([{ json: { status: 'succeeded' } }]);
		expect(execution.hints(NODE)).toEqual([expect.stringContaining('Run alone, as a step, this node waits in memory')]);
	});

	it('gives a finished item no error of its past', async () => {
		const submit = await bench.run({ operation: 'submit', specifyInput: 'json', inputJson: JSON.stringify(bench.dreaminaInput()) });
		const items = [{ json: { error: { code: 'timeout', request_id: submit.items('RunComfy')[0]?.json.request_id } } }];
		const settings = { parameters: { operation: 'wait' } };
		const { execution } = await untilOver(settings, await start(settings, items as never));

		expect(all(execution, 'Done')).toMatchObject([{ status: 'succeeded' }]);
		expect(Object.keys(all(execution, 'Done')[0] ?? {})).not.toContain('error');
	});

	it.each([
		[[400, 0], 1],
		[[400, -200], 0],
	])('says when nodes behind Done cannot run early, because they lie at %j', async (position, hints) => {
		const settings = { parameters: { returnItems: 'finished', watchSeconds: 20 }, donePosition: position };
		const execution = await start(settings, named(1));

		expect(execution.hints(NODE)).toHaveLength(hints);
	});

	it('hands items on while others wait, to nodes that lie above', async () => {
		bench.simulator.nextPlans.push({}, { runMs: 60_000 });
		const settings = { parameters: { returnItems: 'finished' }, donePosition: [400, -200] };
		const first = await start(settings, named(2));

		expect(first.run.status).toBe('waiting');
		expect(all(first, 'Done').map(({ name }) => name)).toEqual(['item 0']);
	});
});

describe('the connections of a durable wait', () => {
	it.each([
		['without a loop', [[], ['Done']], 'The Loop output is not connected'],
		['with a loop that goes by another node', [['Done'], ['Done']], 'The Loop output is not connected'],
		['with Done connected to the input', [[NODE], [NODE]], 'would buy every finished item again'],
	])('are refused %s, before anything is paid', async (_what, outputs, message) => {
		const execution = await start({ outputs }, named(2));

		expect(execution.error(NODE)).toMatchObject({
			message: expect.stringContaining(message),
			description: expect.stringContaining('Nothing was sent or charged'),
			context: { details: { code: 'invalid_input', charged: 'no' } },
		});
		expect(bench.simulator.received).toHaveLength(0);
	});
});

describe('as a tool of an agent', () => {
	it('waits in process, answers on its only output, and says so', async () => {
		bench.simulator.nextPlans.push({ runMs: 100 });
		const execution = await start({ type: 'runComfyDurableTool', outputs: [['Done']] }, named(1));

		expect(all(execution, 'Done')).toMatchObject([{ status: 'succeeded', request_id: bench.simulator.accepted[0]?.id }]);
		expect(execution.hints(NODE)).toEqual([expect.stringContaining('waits in memory')]);
	});
});

describe('in a sub-workflow', () => {
	it('waits in process, hands its items to Done, and says so', async () => {
		bench.simulator.nextPlans.push({ runMs: 100 });
		const execution = await bench.engine.execute(workflow({}), { credential: bench.credential() as never, items: named(2), mode: 'integrated' });

		expect(execution.run.status).toBe('success');
		expect(all(execution, 'Done')).toHaveLength(2);
		expect(execution.hints(NODE)).toEqual([expect.stringContaining('In a sub-workflow this node waits in memory')]);
	});
});

describe('the next look', () => {
	const state = (since: number, deadline = 1e12) => ({ since, deadline, isOwn: true, warnings: [] });

	it.each([
		['a new request', [state(0)], 0, 20_000],
		['one of ten minutes', [state(0)], 600_000, 750_000],
		['one of ten hours', [state(0)], 36_000_000, 36_600_000],
		['a new one among old ones', [state(0), state(600_000)], 600_000, 620_000],
		['one whose deadline is near', [state(0, 605_000)], 600_000, 605_000],
		['one whose deadline is over', [state(0, 1)], 600_000, 601_000],
	])('at %s', (_what, states, now, at) => expect(nextCheckAt(states, now)).toBe(at));
});
