import { randomUUID } from 'crypto';

import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { earlierOutputOf } from '../RunComfy/n8n/itemPairing';
import { ITEM_NOT_SUBMITTED } from '../RunComfy/shared/charge';
import { invalidInput, RunComfyFailure } from '../RunComfy/shared/failure';
import type { DurableStore, Entry } from './durableStore';
import { loopStateOf } from './loopItem';
import { undoMoves } from './moves';

/** What the node knows of an incoming item. */
export interface KnownItem {
	key: string;
	entry: Entry;
}

/** The run of the node that takes items in. */
export interface RunOfNode {
	context: IExecuteFunctions;
	store: DurableStore;
	executionId: string;
	runIndex: number;
	/** Both of these: the same in all tries of Retry On Fail. */
	id: string;
	/** Whether the items come from a node between Pending and the input. */
	isInLoop: boolean;
}

/**
 * Finds out which item is which: new, on its way through the loop, or one that must not be submitted (again). What is not
 * certainly new is refused.
 *
 * @returns by the index of the item; undefined for one that is left out because it is another item once more
 */
export function takeIn(run: RunOfNode, items: INodeExecutionData[]): Array<KnownItem | undefined> {
	const { store } = run;
	for (const [, entry] of store.all) forgetOtherExecutions(entry, run.executionId);
	undoMoves(
		store.all.map(([, entry]) => entry),
		run.id,
	);
	const hasHistory = store.all.some(([, { place }]) => place !== 'here');
	const hadReturned = store.hadReturned(run.id);
	const here = new Map(
		store.all.flatMap(([key, entry]) => (isOfThisRun(entry, run) ? [[entry.itemIndex, key]] : [])),
	);
	const used = new Set<string>();
	const known: Array<KnownItem | undefined> = [];
	const unkeyed: number[] = [];

	const use = (item: KnownItem): KnownItem | undefined => {
		if (used.has(item.key) || item.entry.place === 'done') return undefined;
		used.add(item.key);
		return item;
	};
	const start = (itemIndex: number, failure?: RunComfyFailure): KnownItem => {
		const key = here.get(itemIndex) ?? randomUUID();
		const entry = store.find(key) ?? store.add(key, { runIndex: run.runIndex, itemIndex, place: 'here' });
		if (failure && !entry.request) entry.refused = { failure: failure.details, executionId: run.executionId };
		return { key, entry };
	};

	for (const [itemIndex, item] of items.entries()) {
		const own = entryOf(store, item);
		if (own) known[itemIndex] = use(own);
		else unkeyed.push(itemIndex);
	}
	for (const itemIndex of unkeyed) {
		const key = here.get(itemIndex);
		const isSubmitted = key !== undefined && store.find(key)?.request !== undefined;
		const earlier = hasHistory && !isSubmitted ? earlierOutputOf(run.context, itemIndex) : undefined;
		// A node in the loop dropped the state, and n8n's pairing still tells which item it was.
		const pending = earlier && entryOf(store, earlier);
		if (pending) known[itemIndex] = use(pending);
		else if (earlier && hadReturned) known[itemIndex] = undefined;
		else if (earlier) {
			store.rememberReturned(run.id);
			known[itemIndex] = start(itemIndex, returnedByDone(earlier));
		} else known[itemIndex] = start(itemIndex, hasForeignState(items[itemIndex]) ? stateOfElsewhere() : undefined);
	}
	refuseLost(run, known, unkeyed, used);
	return known;
}

/** Items on their way through the loop that should have come with the others, or whose state was lost. */
export function missingEntries(store: DurableStore, known: Array<KnownItem | undefined>): Entry[] {
	const present = new Set(known.map((item) => item?.key));
	const runs = new Set(known.map((item) => item?.entry.sentInRun));
	return store.all.flatMap(([key, entry]) =>
		entry.place === 'loop' && !present.has(key) && runs.has(entry.sentInRun) ? [entry] : [],
	);
}

/** Where items are missing, an item without a state from within the loop may be one of them. */
function refuseLost(
	{ store, isInLoop, executionId }: RunOfNode,
	known: Array<KnownItem | undefined>,
	unkeyed: number[],
	used: Set<string>,
): void {
	const missing = store.all.filter(([key, { place }]) => place === 'loop' && !used.has(key));
	if (!isInLoop || missing.length === 0) return;
	const failure = stateLost(missing.map(([, entry]) => entry));
	for (const itemIndex of unkeyed) {
		const entry = known[itemIndex]?.entry;
		if (entry?.place === 'here' && !entry.request) entry.refused = { failure: failure.details, executionId };
	}
}

/** What is known of an item by the key that it carries. */
function entryOf(store: DurableStore, item: INodeExecutionData): KnownItem | undefined {
	const state = loopStateOf(item);
	if (typeof state !== 'object') return undefined;
	const entry = store.find(state.key);
	return entry && { key: state.key, entry };
}

function hasForeignState(item: INodeExecutionData | undefined): boolean {
	return item !== undefined && loopStateOf(item) !== 'none';
}

/** Retry On Fail, and a person's Retry, run a node again with the items of the run that failed. */
function isOfThisRun(entry: Entry, { runIndex }: RunOfNode): boolean {
	return entry.place === 'here' && entry.runIndex === runIndex;
}

/** What ended badly or was refused in another execution is tried again in that of a person's Retry. */
function forgetOtherExecutions(entry: Entry, executionId: string): void {
	if (entry.refused && entry.refused.executionId !== executionId) delete entry.refused;
	if (entry.request?.failedIn === undefined || entry.request.failedIn === executionId) return;
	delete entry.request;
	delete entry.plannedUsd;
}

function stateOfElsewhere(): RunComfyFailure {
	return invalidInput(
		"The item carries a runComfyWait field that this node didn't add in this execution",
		`${ITEM_NOT_SUBMITTED} Remove the field runComfyWait before this node. To wait for a request that was submitted elsewhere, use the Wait operation with its request ID.`,
	);
}

function returnedByDone({ json }: INodeExecutionData): RunComfyFailure {
	const id = json.request_id ?? (json.error as { request_id?: unknown } | undefined)?.request_id;
	const request = typeof id === 'string' ? ` (request ${id})` : '';
	return invalidInput(
		`This item already left this node through Done${request}, so it wasn't submitted again`,
		`${ITEM_NOT_SUBMITTED} Make sure that Done doesn't lead back to the input of this node. To process items in batches, connect Done to a Loop Over Items node.`,
	);
}

/** An item without its state is not known any more; what is known of the missing ones may be paid. */
function stateLost(missing: Entry[]): RunComfyFailure {
	const ids = missing.flatMap(({ request }) => request?.job.requestId ?? []);
	const requests = ids.length > 0 ? `. Requests of the missing items: ${ids.join(', ')}` : '';
	return new RunComfyFailure({
		message: `An item came back through the loop without its runComfyWait field, so it wasn't submitted again${requests}`,
		description:
			"Make sure that the nodes between Pending and the input of this node keep the field runComfyWait. Fetch submitted requests for free with the Wait operation and their request IDs; n8n's log contains all of them.",
		code: 'invalid_input',
		retryable: false,
		charged: 'unknown',
	});
}

/** Whether an item without a state comes from what this node put out by Done. */
export function earlierOutputIsDone(context: IExecuteFunctions, item: INodeExecutionData, itemIndex: number): boolean {
	if (loopStateOf(item) !== 'none') return false;
	const earlier = earlierOutputOf(context, itemIndex);
	return earlier !== undefined && typeof loopStateOf(earlier) !== 'object';
}
