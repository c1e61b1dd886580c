import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import {
	readFinishSettings,
	timedOutItem,
	watchAndFetch,
	type FinishSettings,
	type StillRunning,
} from '../RunComfy/actions/steps/finishRequest';
import { prepareSubmit } from '../RunComfy/actions/request/submission';
import { readBoolean, readNumber } from '../RunComfy/actions/parameters/readParameters';
import { readRequestId } from '../RunComfy/actions/parameters/requestIdField';
import { cancelOnStopOption } from '../RunComfy/actions/parameters/waitOptions';
import type { ItemContext } from '../RunComfy/execution/itemContext';
import type { ItemPreparation, PreparedItem } from '../RunComfy/execution/prepareItems';
import { progressLog } from '../RunComfy/execution/progressLog';
import type { Run } from '../RunComfy/execution/run';
import { runItems, type ItemWork, type OutputItem } from '../RunComfy/execution/runItems';
import { itemRefused } from '../RunComfy/failures/itemsRefused';
import { detailsOf, failureJson, toNodeError } from '../RunComfy/failures/nodeError';
import { ExecutionStopped, throwAsIs, RunComfyFailure } from '../RunComfy/shared/failure';
import { modelJob, type JobRef } from '../RunComfy/shared/job';
import { durableMaxWaitTime } from './durableFields';
import { nextCheckAt } from './nextCheck';
import { Round } from './round';
import { isOver, ownData, readState, withState, type WaitingRequest, type WaitState } from './waitState';

/** The last moment that a date can hold: the state is JSON, which knows no endless waits. Milliseconds since 1970. */
const LATEST_DATE_MS = 8.64e15;

/** Reads of a request whose end was seen already get this long. Seconds. */
const LAST_READ_SECONDS = 60;

/**
 * One round of the durable wait: submits what there is room for, looks at what is under way, and then hands on the items
 * that are finished, goes round at once, or has n8n store the execution until it is time for another look.
 *
 * @returns the items for the outputs Loop and Done
 * @throws NodeApiError or NodeOperationError with the item's index, but not under Continue On Fail: n8n would put the items
 * of a node that throws on its first output then, which is the loop
 */
export async function durableRun(context: IExecuteFunctions, continueOnFail: boolean): Promise<INodeExecutionData[][]> {
	let round: Round | undefined;
	try {
		round = openRound(context);
		return await go(round, continueOnFail);
	} catch (error) {
		// Whatever n8n does with the items now, their ids are in them.
		round?.saveStates();
		if (!continueOnFail || error instanceof ExecutionStopped) throwAsIs(error);
		return [
			[],
			context.getInputData().map((item, index) => ({
				json: failureOf(error, round ? round.states[index]?.request : readState(item)?.request),
				pairedItem: { item: index },
			})),
		];
	}
}

function openRound(context: IExecuteFunctions): Round {
	try {
		return new Round(context);
	} catch (error) {
		throw toNodeError(context.getNode(), error, 0);
	}
}

async function go(round: Round, continueOnFail: boolean): Promise<INodeExecutionData[][]> {
	const { context, items, states } = round;
	const readSettings = () => round.settings;
	const earlierIds = round.leftIds;
	const broughtAlong = states.map(({ request }) => request?.job.requestId);
	// A failure of the first item has to know the requests of all others.
	const onOpened = (run: Run) => states.forEach(({ request }, index) => remember(run, index, request));
	// Retry On Fail comes back to a round whose failure is known already.
	if (round.hasFailed && !continueOnFail)
		await runItems(context, {
			work: leaveWork(round, round.over),
			readSettings,
			continueOnFail: false,
			broughtAlong,
			earlierIds,
			onOpened,
		});
	await runItems(context, {
		work: lookWork(round, continueOnFail),
		readSettings,
		continueOnFail: false,
		broughtAlong,
		earlierIds,
		onOpened,
	});
	const { over } = round;
	const areAllOver = over.size === items.length;
	if (areAllOver || (round.leavesEarly && over.size > 0)) {
		const done = await runItems(context, {
			work: leaveWork(round, over),
			readSettings,
			continueOnFail,
			broughtAlong,
			earlierIds,
			onOpened,
		});
		round.rememberLeft(over);
		const rest = items.flatMap((item, index) => (over.has(index) ? [] : [goingRound(item, index, states[index])]));
		return [rest, done.map((item) => withItsData(item, items))];
	}
	round.saveStates();
	if (round.hasRoom) return [items.map((item, index) => goingRound(item, index, states[index])), []];
	// n8n gives the items of a waiting node to its first output when it goes on, and with them what stands in them now.
	await context.putExecutionToWait(new Date(nextCheckAt(round.underWay, Date.now())));
	return [[], []];
}

/**
 * Submits an item where there is room, looks at its request, and keeps what it learns in the item's state. All items are
 * checked in the first round, before the first of them is submitted.
 */
function lookWork(round: Round, continueOnFail: boolean): { prepare: ItemPreparation } {
	const { states } = round;
	const keepRefusal = (error: unknown, itemIndex: number) => {
		if (error instanceof ExecutionStopped || !continueOnFail) throwAsIs(error);
		// Retry On Fail may try again what never became a request.
		states[itemIndex] = {
			refused: { failure: itemRefused(error, states.length).details, executionId: round.executionId },
		};
	};
	const prepare = async (item: ItemContext): Promise<PreparedItem> => {
		const { run, index: itemIndex } = item;
		const state = states[itemIndex] ?? {};
		round.active.add(run.active);
		if (isOver(state)) return { submit: async () => [] };
		if (state.request) return { submit: async () => await look(item, round, continueOnFail) };
		const hasSlot = round.slots > 0;
		if (hasSlot) round.slots -= 1;
		else if (!round.checksAll) return { submit: async () => [] };
		try {
			const start = await preparedStart(item, round);
			return {
				reserve: () => {
					try {
						start.reserve?.();
					} catch (error) {
						keepRefusal(error, itemIndex);
					}
				},
				submit: async () => {
					if (hasSlot) return await look(item, round, continueOnFail, start.submit);
					// Its turn comes in a later round, which reserves its price again.
					start.release?.();
					round.savePlanned(run);
					return [];
				},
			};
		} catch (error) {
			keepRefusal(error, itemIndex);
			return { submit: async () => [] };
		}
	};
	return { prepare };
}

/** Looks at the request of an item, which `start` makes where it has none. */
async function look(
	item: ItemContext,
	round: Round,
	continueOnFail: boolean,
	start?: () => Promise<WaitingRequest>,
): Promise<OutputItem[]> {
	const { run, index: itemIndex } = item;
	const { states, executionId } = round;
	const isNew = start !== undefined;
	try {
		const known = states[itemIndex] ?? {};
		if (isOver(known)) return [];
		const request = known.request ?? (await start?.());
		if (request === undefined) return [];
		states[itemIndex] = { request };
		// A request that was saved is looked at once: n8n wakes the execution for that.
		const seconds = isNew
			? Math.max(0, Math.min(round.watchSeconds, (request.deadline - run.clock.date()) / 1000))
			: 0;
		const settings = { ...finishSettings(item, request, isNew), maxWaitTime: seconds, download: undefined };
		const finish = await watchAndFetch(
			item,
			{ ...request, isJustSubmitted: isNew, refusedForMs: refusedForMs(run, request) },
			settings,
		);
		const hasEnded = 'item' in finish || run.clock.date() >= request.deadline;
		// A read that failed says nothing about the request: there is another round, which knows since when they fail.
		states[itemIndex] = {
			request: hasEnded
				? { ...request, isOver: true }
				: withRefusal(run, request, 'stillRunning' in finish ? finish.stillRunning : undefined),
		};
	} catch (error) {
		if (error instanceof ExecutionStopped) throwAsIs(error);
		const { request } = states[itemIndex] ?? {};
		// Only what RunComfy itself ended badly is bought again by a person's Retry: all else can still be read.
		if (request && hasEndedBadly(error))
			states[itemIndex] = { request: { ...request, isOver: true, failedIn: executionId } };
		else if (request && continueOnFail) states[itemIndex] = { request: { ...request, isOver: true } };
		// Retry On Fail may try again what never became a request.
		if (!continueOnFail) throwAsIs(error);
		if (!request) states[itemIndex] = { refused: { failure: detailsOf(error), executionId } };
	} finally {
		round.savePlanned(run);
	}
	return [];
}

function refusedForMs(run: Run, { refusedSince }: WaitingRequest): number | undefined {
	return refusedSince === undefined ? undefined : Math.max(0, run.clock.date() - refusedSince);
}

function withRefusal(run: Run, request: WaitingRequest, stillRunning: StillRunning | undefined): WaitingRequest {
	const forMs = stillRunning?.refusedForMs;
	return { ...request, refusedSince: forMs === undefined ? undefined : run.clock.date() - forMs };
}

/** An item on its way back by the loop. An earlier node's error would make n8n replace its data. */
function goingRound(item: INodeExecutionData, index: number, state: WaitState = {}): INodeExecutionData {
	const round = { ...item, json: withState(item, state), pairedItem: { item: index } };
	delete round.error;
	return round;
}

function hasEndedBadly(error: unknown): boolean {
	return (
		error instanceof RunComfyFailure &&
		(error.details.code === 'generation_failed' || error.details.code === 'cancelled')
	);
}

interface PreparedStart extends Pick<PreparedItem, 'reserve' | 'release'> {
	submit: () => Promise<WaitingRequest>;
}

/** Reads and checks what an item needs to have a request. @throws RunComfyFailure before anything is paid */
async function preparedStart(item: ItemContext, { submits }: Round): Promise<PreparedStart> {
	const { maxWaitTime } = finishSettings(item, { isOwn: submits }, true);
	const requestOf = (job: JobRef, warnings: string[]): WaitingRequest => {
		const since = item.run.clock.date();
		return { job, warnings, since, deadline: Math.min(since + maxWaitTime * 1000, LATEST_DATE_MS), isOwn: submits };
	};
	if (!submits) {
		const requestId = readRequestId(item);
		return { submit: async () => requestOf(modelJob(requestId), []) };
	}
	const { reserve, release, submit } = await prepareSubmit(item);
	return {
		reserve,
		release,
		submit: async () => {
			const { accepted, warnings } = await submit();
			return requestOf(accepted.job, warnings);
		},
	};
}

/** Makes the item of a request whose end was seen, files included. */
function leaveWork(round: Round, leaving: Set<number>): ItemWork {
	return async (item): Promise<OutputItem[]> => {
		const { run, index: itemIndex } = item;
		const { request, refused } = round.states[itemIndex] ?? {};
		round.active.add(run.active);
		if (!leaving.has(itemIndex)) return [];
		if (refused) throw new RunComfyFailure(refused.failure);
		if (request === undefined) return [];
		const isLate = run.clock.date() >= request.deadline;
		const settings = { ...finishSettings(item, request, false), maxWaitTime: isLate ? 0 : LAST_READ_SECONDS };
		const finish = await watchAndFetch(item, { ...request, refusedForMs: refusedForMs(run, request) }, settings);
		if ('item' in finish) return [finish.item];
		const waitedSeconds = Math.round((run.clock.date() - request.since) / 1000);
		return [timedOutItem(item, request, settings, { ...finish.stillRunning, waitedSeconds })];
	};
}

/** Makes the run aware of a request that it does not touch now: a failure that ends it cancels or names that one too. */
function remember(run: Run, itemIndex: number, request: WaitingRequest | undefined): void {
	if (request === undefined || request.failedIn !== undefined) return;
	run.active.add({
		job: request.job,
		cancelOnStop: false,
		isOwn: request.isOwn,
		logCancel: progressLog(run, itemIndex, request.job).cancelSent,
	});
	if (request.isOver) run.active.markFinished(request.job.requestId);
}

/**
 * The settings of an item. Stop cancels what was not saved yet, unless the author says otherwise: saved requests also go on
 * when a waiting execution is stopped, and n8n's shutdown cannot be told from Stop.
 */
function finishSettings(item: ItemContext, { isOwn }: { isOwn: boolean }, isNew: boolean): FinishSettings {
	const settings = readFinishSettings(item, isOwn);
	const { options } = item;
	return {
		...settings,
		cancelOnStop: readBoolean(options.cancelOnStop, cancelOnStopOption, isOwn && isNew),
		maxWaitTime: readNumber(options.maxWaitTime, durableMaxWaitTime),
	};
}

/** A finished item leaves with the data that it came with. One that failed has the error alone, as n8n wants it. */
function withItsData(output: INodeExecutionData, items: INodeExecutionData[]): INodeExecutionData {
	const { item: index } = output.pairedItem as { item: number };
	const input = items[index];
	if (input === undefined || output.json.error !== undefined) return output;
	const binary = { ...input.binary, ...output.binary };
	return {
		...output,
		json: { ...ownData(input), ...output.json },
		...(Object.keys(binary).length > 0 ? { binary } : {}),
	};
}

/** The failure that ended a round, for one of its items: with the id of that item's own request. */
function failureOf(error: unknown, request: WaitingRequest | undefined): IDataObject {
	const { error: details } = failureJson(error) as { error: IDataObject };
	if (request === undefined) return { error: details };
	return { error: { ...details, request_id: request.job.requestId, charged: 'unknown' } };
}
