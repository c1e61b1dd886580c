import type { IBinaryKeyData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { ExecutionStopped } from '../failures/failure';
import { failureJson, toNodeError } from '../failures/nodeError';
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
		} catch (error) {
			if (!continueOnFail || error instanceof ExecutionStopped) {
				throw toNodeError(context.getNode(), error, itemIndex);
			}
			items = [{ json: failureJson(error) }];
		}
		output.push(...items.map((item) => ({ ...item, pairedItem: { item: itemIndex } })));
	}
	return output;
}
