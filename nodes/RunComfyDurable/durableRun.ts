import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { readFinishSettings, timedOutItem, watchAndFetch, type FinishSettings } from '../RunComfy/actions/request/finishRequest';
import { submitItem } from '../RunComfy/actions/request/submission';
import { readNumber, readChoice } from '../RunComfy/actions/shared/readParameters';
import { readRequestId } from '../RunComfy/actions/shared/requestIdField';
import { readRunSettings } from '../RunComfy/actions/shared/runOptions';
import type { Run, RunSettings } from '../RunComfy/execution/run';
import { runItems, type ItemWork, type OutputItem } from '../RunComfy/execution/runItems';
import { toNodeError } from '../RunComfy/failures/nodeError';
import { rethrow, RunComfyFailure } from '../RunComfy/shared/failure';
import { DEFAULT_CONCURRENCY, DEFAULT_MAX_WAIT_SECONDS, DEFAULT_WATCH_SECONDS } from './durableFields';
import { requireLoop } from './loopConnection';
import { nextCheckAt } from './nextCheck';
import { readState, withoutState, withState, type WaitState } from './waitState';

/** What the whole batch has planned to spend stands in the node's context, which n8n stores with the execution. */
const PLANNED_KEY = 'runComfyPlanned';

/** What a round of the loop works with. */
interface Round {
	context: IExecuteFunctions;
	items: INodeExecutionData[];
	/** By the index of the item; undefined where nothing was submitted yet. */
	states: Array<WaitState | undefined>;
	settings: RunSettings;
	/** How many new requests may be submitted in this round. */
	slots: number;
	/** Seconds to watch new requests before they are saved. */
	watchSeconds: number;
	submits: boolean;
}

/**
 * One round of the durable wait: submits what there is room for, looks at what is under way, and then either hands on the
 * items that are finished or has n8n store the execution until it is time for another look.
 *
 * @returns the items for the outputs Loop and Done
 * @throws NodeApiError or NodeOperationError, with the item's index
 */
export async function durableRun(context: IExecuteFunctions, continueOnFail: boolean): Promise<INodeExecutionData[][]> {
	const round = openRound(context);
	const { items, states } = round;
	await runItems(context, { work: lookWork(round, continueOnFail), readSettings: () => round.settings, continueOnFail: false });
	const underWay = states.filter((state) => state === undefined || !isOver(state));
	const over = new Set(states.flatMap((state, index) => (state && isOver(state) ? [index] : [])));
	const leavesNow = underWay.length === 0 || (over.size > 0 && returnsAsFinished(context));
	if (leavesNow) {
		const done = await runItems(context, { work: leaveWork(round, over), readSettings: () => round.settings, continueOnFail });
		const rest = items.flatMap((item, index) => (over.has(index) ? [] : [{ ...item, json: withState(item, states[index]), pairedItem: { item: index } }]));
		return [rest, done.map((item) => withItsData(item, items))];
	}
	// n8n gives the items of a waiting node to its first output when it goes on, and with them what stands in them now.
	for (const [index, item] of items.entries()) item.json = withState(item, states[index]);
	const watched = underWay.filter((state) => state !== undefined);
	await context.putExecutionToWait(new Date(nextCheckAt(watched, Date.now())));
	return [[], []];
}

function openRound(context: IExecuteFunctions): Round {
	try {
		requireLoop(context);
		const items = context.getInputData();
		const states = items.map(readState);
		const isFirst = states.every((state) => state === undefined);
		const store = context.getContext('node');
		if (isFirst) store[PLANNED_KEY] = 0;
		const options = context.getNodeParameter('options', 0, {}) as IDataObject;
		const { spendLimit, maxConcurrency } = readRunSettings(context);
		const atOnce = options.maxConcurrency === undefined ? DEFAULT_CONCURRENCY : maxConcurrency;
		const underWay = states.filter((state) => state !== undefined && !isOver(state)).length;
		return {
			context,
			items,
			states,
			// All are looked at in each round: how many are under way is bounded by the submits.
			settings: { maxConcurrency: Math.max(1, items.length), spendLimit, plannedBefore: Number(store[PLANNED_KEY] ?? 0) },
			slots: Math.max(0, atOnce - underWay),
			watchSeconds: readNumber(context.getNodeParameter('watchSeconds', 0, DEFAULT_WATCH_SECONDS), 'Watch First', 0, DEFAULT_WATCH_SECONDS),
			submits: context.getNodeParameter('operation', 0) !== 'wait',
		};
	} catch (error) {
		throw toNodeError(context.getNode(), error, 0);
	}
}

/** Submits an item where there is room, looks at its request, and keeps what it learns in the item's state. */
function lookWork(round: Round, continueOnFail: boolean): ItemWork {
	return async (run, itemIndex) => {
		const known = round.states[itemIndex];
		if (known ? isOver(known) : round.slots === 0) return [];
		if (!known) round.slots -= 1;
		try {
			const state = known ?? (await started(run, round, itemIndex));
			round.states[itemIndex] = state;
			const now = run.clock.now();
			// A request that was saved is looked at once: n8n wakes the execution for that.
			const watchSeconds = known ? 0 : round.watchSeconds;
			const maxWaitTime = Math.max(0, Math.min(watchSeconds, (state.deadline - now) / 1000));
			const settings = { ...finishSettings(run, itemIndex, state.isOwn), maxWaitTime, download: undefined };
			const finish = await watchAndFetch(run, itemIndex, pendingOf(state), settings);
			if ('item' in finish || run.clock.now() >= state.deadline) round.states[itemIndex] = { ...state, isFinished: true };
		} catch (error) {
			if (!continueOnFail || !(error instanceof RunComfyFailure)) rethrow(error);
			round.states[itemIndex] = failedState(round.states[itemIndex], error, run.clock.now());
		} finally {
			round.context.getContext('node')[PLANNED_KEY] = run.budget.total;
		}
		return [];
	};
}

async function started(run: Run, { submits }: Round, itemIndex: number): Promise<WaitState> {
	// Read before anything is paid.
	const { maxWaitTime } = finishSettings(run, itemIndex, submits);
	const { requestId, modelId, warnings } = submits ? await submitted(run, itemIndex) : { requestId: readRequestId(run, itemIndex), modelId: undefined, warnings: [] };
	const since = run.clock.now();
	return { requestId, modelId, since, deadline: since + maxWaitTime * 1000, isOwn: submits, warnings };
}

async function submitted(run: Run, itemIndex: number) {
	const { modelId, accepted, warnings } = await submitItem(run, itemIndex);
	return { requestId: accepted.requestId, modelId, warnings };
}

/** A failure of a request is seen again when its item leaves; one without a request has to be kept. */
function failedState(state: WaitState | undefined, { details }: RunComfyFailure, now: number): WaitState {
	if (state?.requestId !== undefined) return { ...state, isFinished: true };
	return { since: now, deadline: now, isOwn: false, warnings: [], failure: details };
}

/** Makes the item of a request whose end was seen, files included. */
function leaveWork(round: Round, leaving: Set<number>): ItemWork {
	return async (run, itemIndex): Promise<OutputItem[]> => {
		const state = round.states[itemIndex];
		if (!leaving.has(itemIndex) || state === undefined) return [];
		if (state.failure) throw new RunComfyFailure(state.failure);
		const settings = { ...finishSettings(run, itemIndex, state.isOwn), maxWaitTime: 0 };
		const finish = await watchAndFetch(run, itemIndex, pendingOf(state), settings);
		if ('item' in finish) return [finish.item];
		const waitedSeconds = Math.round((run.clock.now() - state.since) / 1000);
		return [timedOutItem(run, pendingOf(state), settings, { ...finish.goesOn, waitedSeconds })];
	};
}

function finishSettings(run: Run, itemIndex: number, isOwn: boolean): FinishSettings {
	const settings = readFinishSettings(run, itemIndex, isOwn);
	const options = run.context.getNodeParameter('options', itemIndex, {}) as IDataObject;
	return options.maxWaitTime === undefined ? { ...settings, maxWaitTime: DEFAULT_MAX_WAIT_SECONDS } : settings;
}

function isOver({ isFinished, failure }: WaitState): boolean {
	return isFinished === true || failure !== undefined;
}

function pendingOf({ requestId = '', modelId, warnings }: WaitState) {
	return { requestId, modelId, warnings };
}

function returnsAsFinished(context: IExecuteFunctions): boolean {
	return readChoice(context.getNodeParameter('returnItems', 0, 'together'), 'Return Items', ['together', 'finished'], 'together') === 'finished';
}

/** A finished item leaves with the data that it came with. One that failed has the error alone, as n8n wants it. */
function withItsData(output: INodeExecutionData, items: INodeExecutionData[]): INodeExecutionData {
	const { item: index } = output.pairedItem as { item: number };
	const input = items[index];
	if (input === undefined || output.json.error !== undefined) return output;
	const binary = { ...input.binary, ...output.binary };
	return {
		...output,
		json: { ...withoutState(input), ...output.json },
		...(Object.keys(binary).length > 0 ? { binary } : {}),
	};
}
