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
}

function workflow({ parameters = {}, options = {}, node = {}, outputs = [[NODE], ['Done'], ['Failed']], type = 'runComfyDurable' }: Settings) {
	const input = bench.dreaminaInput({ prompt: '={{ $json.name }}' });
	const base = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	const end = (name: string) => ({ ...base, id: name, name, type: 'n8n-nodes-base.noOp' });
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
		const settings = { parameters: { returnItems: 'finished' } };
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
