import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { failureJson, withOtherRequests, toNodeError } from '../failures/nodeError';
import { itemRefused, itemsRefused, type RefusedItem } from '../failures/itemsRefused';
import { ExecutionStopped, type RunComfyFailure } from '../shared/failure';
import { isOverLimit } from './budget';
import { ItemContext } from './itemContext';
import { includeInputFields } from './inputFields';
import { prepareItems, type ItemPreparation } from './prepareItems';
import { logLeftRunning } from './progressLog';
import { runSummary } from './runSummary';
import { openForItems, paired } from './openForItems';
import type { Run, RunSettings } from './run';

/** What an operation returns for an item; `pairedItem` is added here. */
export interface OutputItem {
	json: IDataObject;
	binary?: IBinaryKeyData;
}

/** The work of an operation on one input item. */
export type ItemWork = (item: ItemContext) => Promise<OutputItem[]>;

/** How to process the items of a run. */
export interface RunPlan {
	/** Either the work on an item, or its preparation: then all items are checked before the first one is submitted. */
	work: ItemWork | { prepare: ItemPreparation };
	/** Reads the settings of the whole run. @throws RunComfyFailure */
	readSettings: () => RunSettings;
	/** Turns a failure into an item instead of ending the node. */
	continueOnFail: boolean;
	/** IDs of the requests that items already have, by item: they are named when the run can't even start. */
	broughtAlong?: Array<string | undefined>;
	/** IDs of requests that this execution submitted earlier, and whose items have left the node. */
	earlierIds?: string[];
	/** Called before the first item is processed. */
	onOpened?: (run: Run) => void;
}

/** The first failure in time ends the run. */
interface FirstFailure {
	error: unknown;
	itemIndex: number;
}

/**
 * Processes all input items, several in parallel. Outputs keep the order of the input and are paired with it.
 *
 * @throws NodeApiError or NodeOperationError, with the item's index
 */
export async function runItems(context: IExecuteFunctions, plan: RunPlan): Promise<INodeExecutionData[]> {
	const itemCount = context.getInputData().length;
	const outputs: INodeExecutionData[][] = Array.from({ length: itemCount }, () => []);
	const opened = await openForItems(context, plan, outputs);
	if (opened === undefined) return outputs.flat();
	const { run, settings } = opened;
	const { maxConcurrency } = settings;
	plan.onOpened?.(run);
	const startedAt = run.clock.now();

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
	const includingInput = new Set<number>();
	const readIncludesInput = (item: ItemContext) => {
		if (settings.includesInput?.(item)) includingInput.add(item.index);
	};
	const work = await workOf(run, plan, itemCount, readIncludesInput, recordFailure);
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
	// Includes submits that were in progress at Stop. When this returns, n8n removes what authenticates calls.
	await Promise.all([...cancels, cancelAfterStop(run)]);
	if (run.wasStopped()) logLeftRunning(context, run.active.leftRunningIds);
	const failed = first;
	if (failed) {
		const error = run.wasStopped()
			? failed.error
			: await withOthers(failed.error, run, outputs.flat(), { later, earlierIds: plan.earlierIds ?? [] });
		throw toNodeError(context.getNode(), error, failed.itemIndex);
	}
	const submittedIds = run.submissions.requestIds.length;
	const summary = settings.isSummarized ? runSummary(outputs, run.clock.now() - startedAt, submittedIds) : undefined;
	if (summary !== undefined) run.hint(summary, 'info');
	const inputs = context.getInputData();
	const inputAt = (index: number) => (includingInput.has(index) ? inputs[index] : undefined);
	return await includeInputFields(run.clock, outputs.flat(), inputAt);
}

/** The work on each item; undefined for one that failed its checks, which is reported through `fail`. */
async function workOf(
	run: Run,
	{ work, continueOnFail }: RunPlan,
	itemCount: number,
	/** Reads what else an item's options say, before anything is paid. */
	readOptions: (item: ItemContext) => void,
	fail: (error: unknown, itemIndex: number) => void,
) {
	if (typeof work === 'function')
		return () => async (item: ItemContext) => {
			readOptions(item);
			return await work(item);
		};
	try {
		const prepare: ItemPreparation = async (item) => {
			readOptions(item);
			return await work.prepare(item);
		};
		const { prepared, refused } = await prepareItems(run, prepare, itemCount);
		const all = [...refused]
			.map(([itemIndex, error]) => ({ itemIndex, error }))
			.sort((a, b) => a.itemIndex - b.itemIndex);
		if (continueOnFail) for (const { itemIndex, error } of all) fail(itemRefused(error, itemCount), itemIndex);
		else if (all[0]) fail(refusalOf(run, all, itemCount), all[0].itemIndex);
		return (itemIndex: number): ItemWork | undefined => {
			const item = prepared.get(itemIndex);
			// An item's data is not kept longer than needed.
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

async function outcomeOf(
	run: Run,
	work: ItemWork,
	itemIndex: number,
): Promise<{ items?: OutputItem[]; error?: unknown }> {
	try {
		const items = await work(new ItemContext(run, itemIndex));
		// A submit that was in progress at Stop has been completed, but its result is no longer waited for.
		return run.wasStopped() ? { error: new ExecutionStopped() } : { items };
	} catch (error) {
		return { error };
	}
}

/** The first failure ends the run: queued requests are cancelled, and all others that may be charged are named. */
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
