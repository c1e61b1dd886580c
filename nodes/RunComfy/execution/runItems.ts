import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ExecutionStopped } from '../shared/failure';
import { failureJson, namingRequests, toNodeError } from '../failures/nodeError';
import { openRun, type Run } from './run';

/** What an operation returns for an item; the pairing is added here. */
export interface OutputItem {
	json: IDataObject;
	binary?: IBinaryKeyData;
}

/** The work of an operation on one input item. */
export type ItemWork = (run: Run, itemIndex: number) => Promise<OutputItem[]>;

/**
 * Does the work on every input item, in their order, and pairs each output with its input.
 *
 * @param continueOnFail puts a failure into the item instead of ending the node
 * @throws NodeApiError or NodeOperationError, with the item's index
 */
export async function runItems(
	context: IExecuteFunctions,
	work: ItemWork,
	continueOnFail: boolean,
): Promise<INodeExecutionData[]> {
	const output: INodeExecutionData[] = [];
	let run: Run | undefined;
	for (let itemIndex = 0; itemIndex < context.getInputData().length; itemIndex++) {
		let items: OutputItem[];
		try {
			// Here, because a credential that cannot be used is a failure of the item like any other.
			run ??= await openRun(context);
			items = await work(run, itemIndex);
			// A submit under way at Stop was seen to its end, and is not waited for any more.
			if (run.signal?.aborted) throw new ExecutionStopped();
		} catch (error) {
			if (error instanceof ExecutionStopped) {
				await run?.inFlight.cancelAfterStop(run.transport);
			} else if (continueOnFail) {
				output.push({ json: failureJson(error), pairedItem: { item: itemIndex } });
				continue;
			}
			throw toNodeError(context.getNode(), await withRunningOn(error, run), itemIndex);
		}
		output.push(...items.map(({ json, binary }) => ({ json, ...(binary ? { binary } : {}), pairedItem: { item: itemIndex } })));
	}
	return output;
}

/** The first failure ends the run: what is queued is cancelled, and what runs on is named, because it is paid. */
async function withRunningOn(error: unknown, run: Run | undefined): Promise<unknown> {
	if (run === undefined || error instanceof ExecutionStopped) return error;
	const runningOn = await run.inFlight.cancelQueued(run.transport);
	return runningOn.length > 0 ? namingRequests(error, runningOn) : error;
}
