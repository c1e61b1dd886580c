import type { INodeExecutionData } from 'n8n-workflow';

import { all, DURABLE_NODE, DurableRuns, named, WAIT_NODE, type DurableSettings } from './support/durableRuns';
import { useControlledClock } from './support/controlledClock';
import { edits } from './support/nodeTypes';
import { startBench, type Bench } from './support/setup';

/* Wrong wires and strange items: nothing is bought twice, nothing runs without end, and what is missing is named. */
let bench: Bench;
let runs: DurableRuns;

beforeAll(async () => {
	bench = await startBench();
	runs = new DurableRuns(bench);
});
afterAll(async () => await bench.stop());
beforeEach(() => {
	bench.reset();
	bench.simulator.settings.plan.runMs = 200_000;
	edits.current = (items) => items;
});
const clock = useControlledClock();

const CONTINUE = { onError: 'continueRegularOutput' };
const ids = () => bench.simulator.accepted.map(({ id }) => id);
const runsOf = (execution: Awaited<ReturnType<typeof run>>['execution'], node: string) =>
	execution.run.data.resultData.runData[node] ?? [];
const hintsOf = (execution: Awaited<ReturnType<typeof run>>['execution']) =>
	runsOf(execution, DURABLE_NODE).flatMap(({ hints = [] }) => hints.map(({ message }) => message));
const run = async (settings: DurableSettings, items: INodeExecutionData[]) =>
	await runs.untilOver(settings, await runs.start(settings, items));

/** An input that does not need the item, so that any item could be bought. */
const anyItem = () => ({
	modelInput: { mappingMode: 'defineBelow', value: bench.dreaminaInput(), matchingColumns: [], schema: [] } as never,
});
/** A node between the Wait node and the input that does something to the items. */
const EDITED: DurableSettings = {
	editing: ['Edit'],
	connections: { [WAIT_NODE]: ['Edit'], Edit: [DURABLE_NODE] },
};
const edited = (): DurableSettings => ({ ...EDITED, parameters: anyItem() });

it('pending items carry a key, a date and the request, and the incoming items stay as they are', async () => {
	const items = named(2);
	const first = await runs.start({}, items);

	const pending = first.items(DURABLE_NODE, 1);
	expect(pending.map(({ json }) => json)).toEqual(
		items.map(({ json }, index) => ({
			...json,
			runComfyWait: { key: expect.any(String), resumeAt: expect.any(String), request_id: ids()[index] },
		})),
	);
	const dates = new Set(pending.map(({ json }) => (json.runComfyWait as { resumeAt: string }).resumeAt));
	expect(dates.size).toBe(1);
	expect(new Date([...dates][0]!).getTime() - Date.now()).toBeGreaterThanOrEqual(65_000);
	expect(items.map(({ json }) => json)).toEqual(named(2).map(({ json }) => json));
});

describe('a node in the loop that', () => {
	it('drops the state does not lose a request while n8n knows the pairing', async () => {
		edits.current = (items) => items.map((_item, index) => ({ json: {}, pairedItem: { item: index } }));
		const { execution } = await run(edited(), named(2));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done').map(({ request_id }) => request_id)).toEqual(ids());
	});

	it('drops the state and the pairing has the items refused, with their requests named', async () => {
		// n8n pairs as many items by itself.
		edits.current = (items) => [...items, ...items].map(() => ({ json: {} }));
		const { execution } = await run(edited(), named(2));

		expect(bench.simulator.accepted).toHaveLength(2);
		const { message } = execution.error(DURABLE_NODE)!;
		for (const id of ids()) expect(message).toContain(id);
		expect(execution.error(DURABLE_NODE)?.context.details).toMatchObject({
			code: 'invalid_input',
			charged: 'unknown',
		});
	});

	it('does the same under Continue On Fail, and the execution ends', async () => {
		// n8n pairs as many items by itself.
		edits.current = (items) => [...items, ...items].map(() => ({ json: {} }));
		const { execution } = await run({ ...edited(), node: CONTINUE }, named(2));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(JSON.stringify(all(execution, 'Done'))).toContain(ids()[0]);
	});

	it('duplicates items gets each back once', async () => {
		edits.current = (items) => items.flatMap((item) => [item, { ...item }]);
		const { execution } = await run(edited(), named(2));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(['item 0', 'item 1']);
		expect(hintsOf(execution)).toContainEqual(expect.stringContaining('2 items were left out'));
	});

	it('reorders items gets each with its own request', async () => {
		edits.current = (items) => [...items].reverse();
		const { execution } = await run({ ...EDITED, parameters: {} }, named(3));

		const prompts = new Map(bench.simulator.accepted.map(({ id, input }) => [id, input.prompt]));
		expect(all(execution, 'Done')).toHaveLength(3);
		for (const json of all(execution, 'Done')) expect(prompts.get(String(json.request_id))).toBe(json.name);
	});

	it('removes items has the missing ones named', async () => {
		edits.current = (items) => (items.length === 2 ? items.slice(1) : items);
		const { execution } = await run(edited(), named(2));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done').map(({ request_id }) => request_id)).toEqual([ids()[1]]);
		expect(hintsOf(execution).filter((hint) => hint.includes(ids()[0]!))).toHaveLength(1);
	});

	it('merges items into one has the missing one named', async () => {
		edits.current = ([first, second]) => [
			{ json: { ...first?.json, ...second?.json }, pairedItem: [{ item: 0 }, { item: 1 }] },
		];
		const { execution } = await run(edited(), named(2));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(hintsOf(execution)).toContainEqual(expect.stringContaining(ids()[0]!));
	});
});

describe('Done that leads back', () => {
	const settings = (node = {}): DurableSettings => ({
		editing: ['Edit'],
		connections: { Done: ['Edit'], Edit: [DURABLE_NODE] },
		parameters: anyItem(),
		node,
	});

	it.each([
		['as they are', (items: INodeExecutionData[]) => items],
		[
			'without their data',
			(items: INodeExecutionData[]) => items.map((_, item) => ({ json: {}, pairedItem: { item } })),
		],
	])('has finished items refused that come back %s', async (_what, edit) => {
		edits.current = edit;
		const { execution } = await run(settings(), named(2));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(execution.error(DURABLE_NODE)?.message).toContain('already left this node through Done');
	});

	it('ends under Continue On Fail as well', async () => {
		const { execution } = await run(settings(CONTINUE), named(2));

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(JSON.stringify(all(execution, 'Done'))).toContain('already left this node through Done');
		expect(runsOf(execution, DURABLE_NODE).length).toBeLessThan(8);
	});

	it('straight into the input ends under Continue On Fail, before anything is paid', async () => {
		const { execution } = await run({ node: CONTINUE, outputs: [[DURABLE_NODE], [WAIT_NODE]] }, named(2));

		expect(bench.simulator.received).toHaveLength(0);
		expect(hintsOf(execution)).toEqual([expect.stringContaining('The Done output is connected to the input')]);
	});

	it('without a token ends under Continue On Fail', async () => {
		const workflow = runs.workflow(settings(CONTINUE));
		const execution = await bench.engine.execute(workflow, {
			credential: { ...bench.credential(), apiToken: '' },
			items: named(2),
		});

		expect(runsOf(execution, DURABLE_NODE).length).toBeLessThan(4);
	});
});

describe('a state of elsewhere', () => {
	const forged = (key: unknown) => [
		{ json: { name: 'a boat', runComfyWait: { key, request_id: 'r-1', resumeAt: '' } } },
	];

	it.each([['0'], ['__proto__'], [undefined], [7]])('with the key %j touches no request', async (key) => {
		const execution = await runs.start({}, forged(key));

		expect(execution.error(DURABLE_NODE)).toMatchObject({
			message: expect.stringContaining('runComfyWait'),
			context: { details: { code: 'invalid_input', charged: 'no' } },
		});
		expect(bench.simulator.received.map(({ endpoint }) => endpoint)).not.toContain('submit');
	});

	it('of another execution is refused while the items of this one are submitted', async () => {
		const other = await runs.start({}, named(1));
		bench.simulator.settings.plan.runMs = 0;
		const [stolen] = other.items(DURABLE_NODE, 1);
		const { execution } = await run({ node: CONTINUE }, [...named(1), { json: stolen!.json }]);

		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done')).toMatchObject([{ status: 'succeeded' }, { error: { code: 'invalid_input' } }]);
	});

	it('is refused on a Retry as well', async () => {
		const failed = await runs.start({}, forged('x'));
		const again = await bench.engine.continueFailed(runs.workflow({}), { credential: bench.credential() }, failed);

		expect(again.error(DURABLE_NODE)?.context.details).toMatchObject({ code: 'invalid_input' });
		expect(bench.simulator.accepted).toHaveLength(0);
	});

	it.each([
		['of another version', { version: 0, entries: {} }],
		['that was damaged', { version: 1, entries: { a: { place: 'loop', request: { job: 'r' } } } }],
		['that is no object', 'state'],
	])('a stored state %s is refused, and nothing is asked or bought', async (_what, stored) => {
		const first = await runs.start({}, named(1));
		const calls = bench.simulator.received.length;
		first.run.data.executionData!.contextData[`node:${DURABLE_NODE}`]!.runComfyDurable = stored as never;
		const { execution } = await runs.untilOver({}, first);

		expect(execution.error(DURABLE_NODE)?.context.details).toMatchObject({
			code: 'invalid_input',
			charged: 'unknown',
		});
		expect(bench.simulator.received).toHaveLength(calls);
	});
});

describe('waiting in this process', () => {
	it.each<[string, DurableSettings]>([
		['Pending leads straight into the input', { outputs: [['Done'], [DURABLE_NODE]] }],
		['the Wait node is deactivated', { wait: { disabled: true } }],
		['the Wait node does not wait', { wait: { parameters: { dateTime: '2020-01-01' } } }],
	])('happens between rounds when %s', async (_what, settings) => {
		const { execution, waits } = await run(settings, named(2));

		expect(waits).toBe(0);
		expect(bench.simulator.accepted).toHaveLength(2);
		expect(all(execution, 'Done').map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
		expect(runsOf(execution, DURABLE_NODE).length).toBeLessThan(6);
		expect(clock.elapsed()).toBeGreaterThanOrEqual(200_000);
	});
});

describe('deactivated', () => {
	it.each<[string, DurableSettings]>([
		['the node', { node: { disabled: true } }],
		['the node and the Wait node', { node: { disabled: true }, wait: { disabled: true } }],
	])('%s: the items go to Done, nothing is bought and the execution ends', async (_what, settings) => {
		const { execution } = await run(settings, named(2));

		expect(execution.run.status).toBe('success');
		expect(all(execution, 'Done')).toHaveLength(2);
		expect(bench.simulator.received).toHaveLength(0);
	});
});
