import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { failureJson, withOtherRequests, withSubmittedIds, toNodeError } from '../failures/nodeError';
import { itemRefused, itemsRefused, type RefusedItem } from '../failures/itemsRefused';
import { ExecutionStopped, type RunComfyFailure } from '../shared/failure';
import { isOverLimit } from './budget';
import { ItemContext } from './itemContext';
import { prepareItems, type ItemPreparation } from './prepareItems';
import { SubmissionStore } from './submissionStore';
import { openRun, type Run, type RunSettings } from './run';

/** What an operation returns for an item; the pairing is added here. */
export interface OutputItem {
	json: IDataObject;
	binary?: IBinaryKeyData;
}

/** The work of an operation on one input item. */
export type ItemWork = (item: ItemContext) => Promise<OutputItem[]>;

/** How the items of a run are worked on. */
export interface RunPlan {
	/** Either the work on an item, or its preparation: then all items are checked before the first is submitted. */
	work: ItemWork | { prepare: ItemPreparation };
	/** Reads what holds for the whole run. @throws RunComfyFailure */
	readSettings: () => RunSettings;
	/** Puts a failure into the item instead of ending the node. */
	continueOnFail: boolean;
	/** Ids of requests that items brought along, by item: they are named when the run cannot even begin. */
	broughtAlong?: Array<string | undefined>;
	/** Ids of requests that this execution submitted before, and whose items have left. */
	earlierIds?: string[];
	/** Called before the first item is worked on. */
	onOpened?: (run: Run) => void;
}

/** The failure that came first ends the run. */
interface FirstFailure {
	error: unknown;
	itemIndex: number;
}

/**
 * Does the work on every input item, several at once, and pairs each output with its input, in the order of the input.
 *
 * @throws NodeApiError or NodeOperationError, with the item's index
 */
export async function runItems(context: IExecuteFunctions, plan: RunPlan): Promise<INodeExecutionData[]> {
	const itemCount = context.getInputData().length;
	const outputs: INodeExecutionData[][] = Array.from({ length: itemCount }, () => []);
	const opened = await openOrFail(context, plan, outputs);
	if (opened === undefined) return outputs.flat();
	const { run, maxConcurrency } = opened;
	plan.onOpened?.(run);

	let next = 0;
	let first: FirstFailure | undefined;
	const later: unknown[] = [];
	const recordFailure = (error: unknown, itemIndex: number) => {
		if (plan.continueOnFail && !(error instanceof ExecutionStopped))
			outputs[itemIndex] = paired([{ json: failureJson(error) }], itemIndex);
		else if (first === undefined) {
			first = { error, itemIndex };
			run.end();
		} else later.push(error);
	};
	const work = await workOf(run, plan, itemCount, recordFailure);
	const worker = async () => {
		while (next < itemCount && first === undefined && !run.wasStopped()) {
			const itemIndex = next++;
			const itemWork = work(itemIndex);
			if (itemWork === undefined) continue;
			const outcome = await outcomeOf(run, itemWork, itemIndex);
			if (outcome.items) outputs[itemIndex] = paired(outcome.items, itemIndex);
			else recordFailure(outcome.error, itemIndex);
		}
	};
	const cancels: Array<Promise<void>> = [];
	run.signal.addEventListener('abort', () => cancels.push(cancelAfterStop(run)), { once: true });
	await Promise.all(
		Array.from({ length: Math.min(maxConcurrency, itemCount) }, async () => {
			await run.nextTurn();
			await worker();
		}),
	);
	run.close();
	// Also those whose submits were under way at Stop. Once this ends, n8n takes away what authenticates calls.
	await Promise.all([...cancels, cancelAfterStop(run)]);
	const failed = first;
	if (failed) {
		const error = run.wasStopped()
			? failed.error
			: await withOthers(failed.error, run, outputs.flat(), { later, earlierIds: plan.earlierIds ?? [] });
		throw toNodeError(context.getNode(), error, failed.itemIndex);
	}
	return outputs.flat();
}

/** The work on each item; undefined for one that failed its checks, which is told by `fail`. */
async function workOf(
	run: Run,
	{ work, continueOnFail }: RunPlan,
	itemCount: number,
	fail: (error: unknown, itemIndex: number) => void,
) {
	if (typeof work === 'function') return () => work;
	try {
		const { prepared, refused } = await prepareItems(run, work.prepare, itemCount);
		const all = [...refused]
			.map(([itemIndex, error]) => ({ itemIndex, error }))
			.sort((a, b) => a.itemIndex - b.itemIndex);
		if (continueOnFail) for (const { itemIndex, error } of all) fail(itemRefused(error, itemCount), itemIndex);
		else if (all[0]) fail(refusalOf(run, all, itemCount), all[0].itemIndex);
		return (itemIndex: number): ItemWork | undefined => {
			const item = prepared.get(itemIndex);
			// What was read of an item is not kept longer than it is needed.
			prepared.delete(itemIndex);
			return item && (async () => await item.submit());
		};
	} catch (error) {
		fail(error, 0);
		return () => undefined;
	}
}

function refusalOf(run: Run, all: RefusedItem[], itemCount: number): RunComfyFailure {
	const [first] = all;
	const isBudgetAlone = all.every(({ error }) => isOverLimit(error));
	const reported =
		isBudgetAlone && first && isOverLimit(first.error)
			? [{ ...first, error: run.budget.refusalOfRun(itemCount, first.error) }]
			: all;
	return itemsRefused(reported, isBudgetAlone ? reported.length : itemCount);
}

async function cancelAfterStop(run: Run): Promise<void> {
	if (run.wasStopped()) await run.active.cancelAfterStop(run.jobs);
}

/** A credential or a setting of the run that cannot be used is a failure of every item, like any other. */
async function openOrFail(context: IExecuteFunctions, plan: RunPlan, outputs: INodeExecutionData[][]) {
	let submissions: SubmissionStore | undefined;
	try {
		submissions = new SubmissionStore(context);
		const settings = plan.readSettings();
		return { run: await openRun(context, settings, submissions), maxConcurrency: settings.maxConcurrency };
	} catch (error) {
		// What earlier tries or rounds submitted goes on, and may be paid.
		const idOf = (itemIndex: number) =>
			plan.broughtAlong?.[itemIndex] ?? submissions?.find(itemIndex)?.accepted?.job.requestId;
		if (!plan.continueOnFail) {
			const ids = outputs.flatMap((_output, itemIndex) => idOf(itemIndex) ?? []);
			throw toNodeError(context.getNode(), withSubmittedIds(error, ids, submissions?.unknownOutcomes), 0);
		}
		outputs.forEach((_output, itemIndex) => {
			const id = idOf(itemIndex);
			const unknown = submissions?.find(itemIndex)?.unknownOutcome === undefined ? 0 : 1;
			outputs[itemIndex] = paired(
				[{ json: failureJson(withSubmittedIds(error, id === undefined ? [] : [id], unknown)) }],
				itemIndex,
			);
		});
		return undefined;
	}
}

async function outcomeOf(
	run: Run,
	work: ItemWork,
	itemIndex: number,
): Promise<{ items?: OutputItem[]; error?: unknown }> {
	try {
		const items = await work(new ItemContext(run, itemIndex));
		// A submit under way at Stop was seen to its end, and is not waited for any more.
		return run.wasStopped() ? { error: new ExecutionStopped() } : { items };
	} catch (error) {
		return { error };
	}
}

function paired(items: OutputItem[], itemIndex: number): INodeExecutionData[] {
	return items.map(({ json, binary }) => ({ json, ...(binary ? { binary } : {}), pairedItem: { item: itemIndex } }));
}

/** The first failure ends the run: what is queued is cancelled, and all else that may be paid is named. */
async function withOthers(
	error: unknown,
	run: Run,
	finished: INodeExecutionData[],
	{ later, earlierIds }: { later: unknown[]; earlierIds: string[] },
): Promise<unknown> {
	const stillRunning = await run.active.cancelQueued(run.jobs);
	const hasEnded = ({ json }: INodeExecutionData) =>
		typeof json.request_id === 'string' && !stillRunning.includes(json.request_id);
	const returned = finished.filter((item) => item.json.status === 'succeeded' && hasEnded(item));
	const ids = [...returned.map(({ json }) => String(json.request_id)), ...run.active.finishedIds];
	return withOtherRequests(error, {
		stillRunning,
		finished: ids,
		later,
		submitted: [...run.submissions.requestIds, ...earlierIds],
		unknownOutcomes: run.submissions.unknownOutcomes,
	});
}
