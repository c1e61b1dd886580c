import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { failureJson, namingOthers, namingSubmitted, toNodeError } from '../failures/nodeError';
import { ExecutionStopped } from '../shared/failure';
import { RequestRecord } from './requestRecord';
import { openRun, type Run, type RunSettings } from './run';

/** What an operation returns for an item; the pairing is added here. */
export interface OutputItem {
	json: IDataObject;
	binary?: IBinaryKeyData;
}

/** The work of an operation on one input item. */
export type ItemWork = (run: Run, itemIndex: number) => Promise<OutputItem[]>;

/** How the items of a run are worked on. */
export interface RunPlan {
	work: ItemWork;
	/** Reads what holds for the whole run. @throws RunComfyFailure */
	readSettings: () => RunSettings;
	/** Puts a failure into the item instead of ending the node. */
	continueOnFail: boolean;
	/** Ids of requests that items brought along, by item: they are named when the run cannot even begin. */
	broughtAlong?: Array<string | undefined>;
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
	const worker = async () => {
		while (next < itemCount && first === undefined && !run.wasStopped()) {
			const itemIndex = next++;
			const outcome = await outcomeOf(run, plan.work, itemIndex);
			if (outcome.items) outputs[itemIndex] = paired(outcome.items, itemIndex);
			else if (plan.continueOnFail && !(outcome.error instanceof ExecutionStopped)) {
				outputs[itemIndex] = paired([{ json: failureJson(outcome.error) }], itemIndex);
			} else if (first === undefined) {
				first = { error: outcome.error, itemIndex };
				run.end();
			} else {
				later.push(outcome.error);
			}
		}
	};
	const cancels: Array<Promise<void>> = [];
	run.signal.addEventListener('abort', () => cancels.push(cancelAfterStop(run)), { once: true });
	await Promise.all(
		Array.from({ length: Math.min(maxConcurrency, itemCount) }, async () => {
			await run.ownTurn();
			await worker();
		}),
	);
	run.close();
	// Also those whose submits were under way at Stop. Once this ends, n8n takes away what authenticates calls.
	await Promise.all([...cancels, cancelAfterStop(run)]);
	const failed = first as FirstFailure | undefined;
	if (failed) {
		const error = run.wasStopped() ? failed.error : await withOthers(failed.error, run, outputs.flat(), later);
		throw toNodeError(context.getNode(), error, failed.itemIndex);
	}
	return outputs.flat();
}

async function cancelAfterStop(run: Run): Promise<void> {
	if (run.wasStopped()) await run.active.cancelAfterStop(run.transport);
}

/** A credential or a setting of the run that cannot be used is a failure of every item, like any other. */
async function openOrFail(context: IExecuteFunctions, plan: RunPlan, outputs: INodeExecutionData[][]) {
	const record = new RequestRecord(context);
	try {
		const settings = plan.readSettings();
		return { run: await openRun(context, settings, record), maxConcurrency: settings.maxConcurrency };
	} catch (error) {
		// What earlier tries or rounds submitted goes on, and may be paid.
		const idOf = (itemIndex: number) => plan.broughtAlong?.[itemIndex] ?? record.find(itemIndex)?.accepted?.requestId;
		if (!plan.continueOnFail) {
			const ids = outputs.flatMap((_output, itemIndex) => idOf(itemIndex) ?? []);
			throw toNodeError(context.getNode(), namingSubmitted(error, ids, record.unknownOutcomes), 0);
		}
		outputs.forEach((_output, itemIndex) => {
			const id = idOf(itemIndex);
			const unknown = record.find(itemIndex)?.unknownOutcome === undefined ? 0 : 1;
			outputs[itemIndex] = paired([{ json: failureJson(namingSubmitted(error, id === undefined ? [] : [id], unknown)) }], itemIndex);
		});
		return undefined;
	}
}

async function outcomeOf(run: Run, work: ItemWork, itemIndex: number): Promise<{ items?: OutputItem[]; error?: unknown }> {
	try {
		// Node warns when many calls listen to one signal, so each item has its own that follows the run's.
		const items = await work({ ...run, signal: AbortSignal.any([run.signal]) }, itemIndex);
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
	later: unknown[],
): Promise<unknown> {
	const runningOn = await run.active.cancelQueued(run.transport);
	const isOver = ({ json }: INodeExecutionData) => typeof json.request_id === 'string' && !runningOn.includes(json.request_id);
	const returned = finished.filter((item) => item.json.status === 'succeeded' && isOver(item));
	const ids = [...returned.map(({ json }) => String(json.request_id)), ...run.active.finishedIds];
	return namingOthers(error, { runningOn, finished: ids, later, submitted: run.record.requestIds, unknownOutcomes: run.record.unknownOutcomes });
}
