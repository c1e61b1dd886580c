import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { includeInputFields } from '../RunComfy/execution/inputFields';
import { progressLog } from '../RunComfy/execution/progressLog';
import type { Run } from '../RunComfy/execution/run';
import { runItems, type RunPlan } from '../RunComfy/execution/runItems';
import { failureJson, withSubmittedIds, toNodeError } from '../RunComfy/failures/nodeError';
import { systemClock } from '../RunComfy/shared/clock';
import { ExecutionStopped, throwAsIs } from '../RunComfy/shared/failure';
import type { WaitingRequest } from './durableStore';
import { emitItems } from './emitItems';
import { earlierOutputIsDone } from './intake';
import { LoopWiring } from './loopWiring';
import { pollItems } from './pollItems';
import { Round } from './round';

/**
 * One round of the durable wait: submits what there is capacity for, polls what is running, and then hands on the items that
 * are finished and sends the others into the loop.
 *
 * @returns the items for the outputs Done and Pending
 * @throws NodeApiError or NodeOperationError with the item's index, but not under Continue On Fail
 */
export async function durableRun(context: IExecuteFunctions, continueOnFail: boolean): Promise<INodeExecutionData[][]> {
	let round: Round | undefined;
	try {
		round = openRound(context);
		return await runRound(round, continueOnFail);
	} catch (error) {
		round?.forgetCancelled();
		if (!continueOnFail || error instanceof ExecutionStopped) throwAsIs(error);
		return [failedItems(context, round, error), []];
	}
}

function openRound(context: IExecuteFunctions): Round {
	try {
		return new Round(context);
	} catch (error) {
		throw toNodeError(context.getNode(), error, 0);
	}
}

async function runRound(round: Round, continueOnFail: boolean): Promise<INodeExecutionData[][]> {
	const { context, items, known } = round;
	if (round.entries.length === 0) {
		round.readSettings(Date.now());
		return [[], []];
	}
	const settings = settingsOf(round);
	const plan: Omit<RunPlan, 'work'> = {
		readSettings: () => settings.run,
		continueOnFail: false,
		broughtAlong: known.map((item) => item?.entry.request?.job.requestId),
		earlierIds: round.otherIds,
		// A failure of the first item has to know the requests of all others.
		onOpened: (run) => known.forEach((item, index) => registerActive(run, index, item?.entry.request)),
	};
	// Retry On Fail comes back to a round whose failure is known already.
	if (round.hasFailed && !continueOnFail)
		await runItems(context, { ...plan, work: emitItems(round, settings, round.settled) });
	await runItems(context, { ...plan, work: pollItems(round, settings, continueOnFail) });
	const { settled } = round;
	if (!round.allSettled && !(settings.leavesEarly && settled.size > 0)) return [[], round.toLoop([...items.keys()])];
	const done = await runItems(context, { ...plan, continueOnFail, work: emitItems(round, settings, settled) });
	round.markDone(settled);
	const rest = [...items.keys()].filter((index) => !settled.has(index));
	return [await includeInputFields(systemClock, done, (index) => items[index]), round.toLoop(rest)];
}

function settingsOf(round: Round) {
	try {
		return round.readSettings(Date.now());
	} catch (error) {
		// What earlier rounds submitted keeps running, and may be charged.
		throw toNodeError(round.context.getNode(), withSubmittedIds(error, round.requestIds), 0);
	}
}

/** Makes the run aware of a request that it does not touch now: a failure that ends it cancels or names that one too. */
function registerActive(run: Run, itemIndex: number, request: WaitingRequest | undefined): void {
	if (request === undefined || request.failedIn !== undefined) return;
	run.active.add({
		job: request.job,
		cancelOnStop: false,
		isOwn: request.isOwn,
		logCancel: progressLog(run, itemIndex, request.job).cancelSent,
	});
	if (request.isSettled) run.active.markFinished(request.job.requestId);
}

/**
 * What leaves by Done when the round as a whole failed. What could come back to this node without end does not: items that
 * came from Done, and all of them where Done leads straight into the input.
 */
function failedItems(context: IExecuteFunctions, round: Round | undefined, error: unknown): INodeExecutionData[] {
	if (new LoopWiring(context).doneLeadsStraightBack) {
		context.addExecutionHints({ message: messageOf(error), type: 'warning', location: 'outputPane' });
		return [];
	}
	return context.getInputData().flatMap((item, index) => {
		const known = round?.known[index];
		const isLeftOut = round === undefined ? earlierOutputIsDone(context, item, index) : known === undefined;
		if (isLeftOut) return [];
		round?.markDone([index]);
		return [{ json: failureOf(error, known?.entry.request), pairedItem: { item: index } }];
	});
}

/** The failure of the run as one item tells it: a request that the item has may be paid, whatever kept the run from starting. */
function failureOf(error: unknown, request: WaitingRequest | undefined): IDataObject {
	const { error: details } = failureJson(error) as { error: IDataObject };
	if (request === undefined) return { error: details };
	return { error: { ...details, request_id: request.job.requestId, charged: 'unknown' } };
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
