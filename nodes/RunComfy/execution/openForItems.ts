import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { failureJson, toNodeError, withSubmittedIds } from '../failures/nodeError';
import { openRun, type Run, type RunSettings } from './run';
import type { OutputItem, RunPlan } from './runItems';
import { SubmissionStore } from './submissionStore';

/**
 * Opens the run of a plan. An unusable credential or setting is a failure of every item.
 *
 * @param outputs gets the failures under Continue On Fail
 * @returns undefined where the items failed so
 * @throws NodeApiError or NodeOperationError
 */
export async function openForItems(
	context: IExecuteFunctions,
	plan: RunPlan,
	outputs: INodeExecutionData[][],
): Promise<{ run: Run; settings: RunSettings } | undefined> {
	let submissions: SubmissionStore | undefined;
	try {
		submissions = new SubmissionStore(context);
		const settings = plan.readSettings();
		return { run: await openRun(context, settings, submissions), settings };
	} catch (error) {
		// What earlier tries or rounds submitted is still running and may be charged.
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

/** Output items, paired with their input item. */
export function paired(items: OutputItem[], itemIndex: number): INodeExecutionData[] {
	return items.map(({ json, binary }) => ({ json, ...(binary ? { binary } : {}), pairedItem: { item: itemIndex } }));
}
