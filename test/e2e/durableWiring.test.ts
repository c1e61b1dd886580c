import type { IDataObject, INode } from 'n8n-workflow';

import { credentialFor } from '../simulator/accounts';
import { INPUT_IMAGE } from '../simulator/media';
import { printReport, report } from '../support/report';
import { until } from '../support/until';
import { LocalN8n, storeCredential } from './localN8n';
import type { StoredCredential, StoredExecution } from './n8nRest';
import { toWorkflow, type WiredNode, type WiredWorkflow } from './wiredWorkflow';

/*
 * The loop of the durable wait with n8n's own nodes, wired right, wrong and strangely. All executions run at the same time,
 * because n8n's Wait node stores none for less than 65 seconds.
 */
const MINUTES = 60_000;
/** Longer than one round, so that every execution is stored at least once. */
const RUN_MS = 90_000;

let n8n: LocalN8n;

/** What became of a workflow. */
interface Outcome {
	execution: StoredExecution;
	/** Requests that RunComfy accepted for its items. */
	accepted: string[];
	/** The items that a node put out by its first output, over all its runs. */
	out(node: string): IDataObject[];
	error: string;
	hints: string;
}

const outcomes = new Map<string, Outcome>();

const DURABLE = 'Durable';
const CONTINUE: Partial<INode> = { onError: 'continueRegularOutput' };
const pass: WiredNode = { type: 'n8n-nodes-base.noOp' };
const wait: WiredNode = {
	type: 'n8n-nodes-base.wait',
	typeVersion: 1.1,
	parameters: { resume: 'specificTime', dateTime: '={{ $json.runComfyWait.resumeAt }}' },
	more: { webhookId: '6d0e8a41-6f3a-4c2b-9e10-2f1c7d3490b5' },
};
const LOOP = [`Manual Trigger>${DURABLE}`, `${DURABLE}:0>Done`, `${DURABLE}:1>Wait`, `Wait>${DURABLE}`];

function durable(name: string, { parameters = {}, more = {} }: Partial<WiredNode> = {}): WiredNode {
	const value = {
		image_urls: [`${n8n.simulator.url}/files/inputs/${INPUT_IMAGE}`],
		// Whatever became of the item's data, the request is known as this workflow's.
		prompt: `=${name}: {{ $json.name ?? "nobody" }}`,
	};
	return {
		type: 'n8n-nodes-runcomfy.runComfyDurable',
		parameters: {
			resource: 'request',
			operation: 'submitAndWait',
			specifyInput: 'fields',
			modelInput: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] },
			downloadOutput: false,
			watchSeconds: 0,
			...parameters,
		},
		more,
	};
}

const items = (count: number, more: IDataObject = {}): IDataObject[] =>
	Array.from({ length: count }, (_, index) => ({ name: `item ${index}`, ...more }));

/** n8n's Edit Fields, which keeps nothing but what is set. */
const keepNothing: WiredNode = {
	type: 'n8n-nodes-base.set',
	typeVersion: 3.4,
	parameters: { mode: 'raw', jsonOutput: '{ "other": 1 }', includeOtherFields: false, options: {} },
};
const usual = (name: string, more: Partial<WiredNode> = {}) => ({
	[DURABLE]: durable(name, more),
	Wait: wait,
	Done: pass,
});

/** The workflows; `name` is also the prefix of their prompts. */
const workflows = (): WiredWorkflow[] => [
	{ name: 'the loop', nodes: usual('the loop'), wires: LOOP, items: items(3) },
	{
		name: 'no Wait node',
		nodes: usual('no Wait node'),
		wires: [LOOP[0]!, LOOP[1]!, `${DURABLE}:1>${DURABLE}`],
		items: items(2),
	},
	{ name: 'Pending not connected', nodes: usual('Pending not connected'), wires: LOOP.slice(0, 2), items: items(2) },
	{
		name: 'Pending leads elsewhere',
		nodes: usual('Pending leads elsewhere'),
		wires: [...LOOP.slice(0, 2), `${DURABLE}:1>Done`],
		items: items(2),
	},
	{
		name: 'Done straight back',
		nodes: usual('Done straight back'),
		wires: [LOOP[0]!, `${DURABLE}:0>${DURABLE}`, ...LOOP.slice(2)],
		items: items(2),
	},
	{
		name: 'Done back by a node',
		nodes: usual('Done back by a node'),
		wires: [...LOOP, `Done>${DURABLE}`],
		items: items(2),
	},
	{
		name: 'Done back without data',
		nodes: { ...usual('Done back without data', { more: CONTINUE }), Edit: keepNothing },
		wires: [...LOOP, 'Done>Edit', `Edit>${DURABLE}`],
		items: items(2),
	},
	{
		name: 'Loop Over Items',
		nodes: {
			...usual('Loop Over Items'),
			Loop: { type: 'n8n-nodes-base.splitInBatches', typeVersion: 3, parameters: { batchSize: 1, options: {} } },
			End: pass,
		},
		wires: ['Manual Trigger>Loop', 'Loop:0>End', `Loop:1>${DURABLE}`, `${DURABLE}:0>Loop`, ...LOOP.slice(2)],
		items: items(2),
	},
	{
		name: 'state dropped in the loop',
		nodes: { ...usual('state dropped in the loop'), Edit: keepNothing },
		wires: [...LOOP.slice(0, 3), 'Wait>Edit', `Edit>${DURABLE}`],
		items: items(2),
	},
	{
		name: 'items removed in the loop',
		nodes: {
			...usual('items removed in the loop'),
			Limit: { type: 'n8n-nodes-base.limit', parameters: { maxItems: 1 } },
		},
		wires: [...LOOP.slice(0, 3), 'Wait>Limit', `Limit>${DURABLE}`],
		items: items(2),
	},
	{
		name: 'items twice in the loop',
		nodes: { ...usual('items twice in the loop'), Copy: pass },
		wires: [...LOOP, 'Wait>Copy', `Copy>${DURABLE}`],
		items: items(2),
	},
	{
		name: 'Merge before',
		nodes: { ...usual('Merge before'), Merge: { type: 'n8n-nodes-base.merge', typeVersion: 3, parameters: {} } },
		wires: ['Manual Trigger>Merge:0', `Merge>${DURABLE}`, ...LOOP.slice(1, 3), 'Wait>Merge:1'],
		items: items(2),
	},
	{
		name: 'two in a chain',
		nodes: { ...usual('two in a chain'), Second: durable('two in a chain'), 'Second Wait': wait, End: pass },
		wires: [...LOOP, 'Done>Second', 'Second:0>End', 'Second:1>Second Wait', 'Second Wait>Second'],
		items: items(1),
	},
	{
		name: 'two ways in',
		nodes: {
			...usual('two ways in', { parameters: { options: { spendLimit: 0.3 } } }),
			Other: pass,
		},
		wires: [...LOOP, 'Manual Trigger>Other', `Other>${DURABLE}`],
		items: items(2),
	},
	{
		name: 'as they finish, Done below',
		nodes: {
			...usual('as they finish, Done below', { parameters: { returnItems: 'finished' } }),
			Done: { ...pass, position: [600, 400] },
		},
		wires: LOOP,
		items: items(2),
	},
	{ name: 'node off', nodes: usual('node off', { more: { disabled: true } }), wires: LOOP, items: items(2) },
	{
		name: 'Wait off',
		nodes: { ...usual('Wait off'), Wait: { ...wait, more: { ...wait.more, disabled: true } } },
		wires: LOOP,
		items: items(2),
	},
	{
		name: 'both off',
		nodes: {
			...usual('both off', { more: { disabled: true } }),
			Wait: { ...wait, more: { ...wait.more, disabled: true } },
		},
		wires: LOOP,
		items: items(2),
	},
	{
		name: 'a forged state',
		nodes: usual('a forged state'),
		wires: LOOP,
		items: items(1, { runComfyWait: { key: '0', request_id: 'somebody-elses', resumeAt: '2030-01-01' } }),
	},
	{ name: 'renamed while waiting', nodes: usual('renamed while waiting'), wires: LOOP, items: items(2) },
	{ name: 'token emptied while waiting', nodes: usual('token emptied while waiting'), wires: LOOP, items: items(2) },
];

beforeAll(async () => {
	n8n = await LocalN8n.start();
	const { rest, simulator, credential } = n8n;
	simulator.settings.plan.runMs = RUN_MS;
	const own: StoredCredential = await storeCredential(rest, simulator);
	const started = await Promise.all(
		workflows().map(async (workflow) => {
			const stored = toWorkflow(workflow, workflow.name.startsWith('token') ? own : credential);
			const { id } = await rest.createWorkflow(stored);
			return { workflow, stored, id, executionId: await rest.run(id) };
		}),
	);
	const waiting = async (name: string) => {
		const one = started.find(({ workflow }) => workflow.name === name)!;
		await until(`"${name}" to be stored`, async () => (await rest.status(one.executionId)) === 'waiting');
		return one;
	};
	const renamed = await waiting('renamed while waiting');
	const nodes = renamed.stored.nodes.map((node) => (node.name === DURABLE ? { ...node, name: 'Other' } : node));
	await rest.updateWorkflow(renamed.id, { nodes, connections: {} });
	await waiting('token emptied while waiting');
	await rest.updateCredential(own.id, own.name, { ...credentialFor(simulator.url), apiToken: '' });

	for (const { workflow, executionId } of started) {
		const execution = await rest.finished(executionId, 6 * MINUTES);
		const { runData, error } = execution.data.resultData;
		const out = (node: string) =>
			(runData[node] ?? []).flatMap(({ data }) => data?.main?.[0] ?? []).map(({ json }) => json);
		const outcome = {
			execution,
			accepted: simulator.accepted
				.filter(({ input }) => String(input.prompt).startsWith(`${workflow.name}:`))
				.map(({ id }) => id),
			out,
			error: error?.message ?? '',
			hints: (runData[DURABLE] ?? []).flatMap(({ hints = [] }) => hints.map(({ message }) => message)).join(' '),
		};
		outcomes.set(workflow.name, outcome);
		report(
			workflow.name,
			workflow.items.length,
			outcome.accepted.length,
			execution.status,
			runData[DURABLE]?.length ?? 0,
			outcome.error.slice(0, 110) || outcome.hints.slice(0, 110),
		);
	}
}, 12 * MINUTES);

afterAll(async () => {
	printReport(['wire or switch', 'items', 'submits', 'execution', 'runs of the node', 'what it says']);
	await n8n?.stop();
}, MINUTES);

const of = (name: string) => outcomes.get(name)!;
const ids = (list: IDataObject[]) => list.map(({ request_id }) => request_id);

it.each([
	['the loop', 3],
	['no Wait node', 2],
	['Wait off', 2],
	['Merge before', 2],
	['as they finish, Done below', 2],
	['renamed while waiting', 2],
])('%s: every item is submitted once and comes back with its own data', (name, count) => {
	const { execution, accepted, out } = of(name);
	expect([execution.status, accepted.length]).toEqual(['success', count]);
	expect([...ids(out('Done'))].sort()).toEqual([...accepted].sort());
	expect(out('Done').map((json) => json.name)).toEqual(items(count).map((json) => json.name));
});

it.each(['Pending not connected', 'Pending leads elsewhere', 'Done straight back', 'a forged state'])(
	'%s: refused before anything is paid',
	(name) => {
		expect(of(name)).toMatchObject({ accepted: [], execution: { status: 'error' } });
		expect(of(name).execution.data.resultData.error).toMatchObject({ context: { details: { charged: 'no' } } });
	},
);

it.each(['Done back by a node', 'Done back without data'])('%s: finished items are not bought again', (name) => {
	const { accepted, error, out } = of(name);
	expect(accepted).toHaveLength(2);
	expect(error + JSON.stringify(out(DURABLE))).toContain('already left this node through Done');
});

it('Loop Over Items around the node works, with fresh items in the same execution', () => {
	const { execution, accepted, out } = of('Loop Over Items');
	expect([execution.status, accepted.length]).toEqual(['success', 2]);
	expect(ids(out('End'))).toEqual(accepted);
});

it('a node that drops the state loses nothing', () => {
	const { accepted, out } = of('state dropped in the loop');
	expect(ids(out('Done'))).toEqual(accepted);
	expect(accepted).toHaveLength(2);
});

it('a node that removes items has the missing ones named', () => {
	const { accepted, hints, out } = of('items removed in the loop');
	expect(accepted).toHaveLength(2);
	expect(ids(out('Done'))).toEqual([accepted[0]]);
	expect(hints).toContain(accepted[1]);
});

it('items that come back twice leave once', () => {
	const { execution, accepted, out } = of('items twice in the loop');
	expect([execution.status, accepted.length]).toEqual(['success', 2]);
	expect(ids(out('Done'))).toEqual(accepted);
});

it('two durable nodes in a chain keep their own items', () => {
	const { execution, accepted, out } = of('two in a chain');
	expect([execution.status, accepted.length]).toEqual(['success', 2]);
	expect(ids([...out('Done'), ...out('End')])).toEqual(accepted);
});

it('the spend limit holds for items that come by another way', () => {
	const { accepted, error } = of('two ways in');
	expect(accepted).toHaveLength(2);
	expect(error).toContain('Spend Limit of 0.3 USD exceeded');
});

it.each(['node off', 'both off'])('%s: the items pass, nothing is bought, and the execution ends', (name) => {
	const { execution, accepted, out } = of(name);
	expect([execution.status, accepted.length, out('Done').length]).toEqual(['success', 0, 2]);
});

it('a token that was emptied while it waited: every request is named, and nothing is said about money', () => {
	const { accepted, error, execution } = of('token emptied while waiting');
	expect(accepted).toHaveLength(2);
	for (const id of accepted) expect(error).toContain(id);
	expect(execution.data.resultData.error).toMatchObject({ context: { details: { charged: 'unknown' } } });
});
