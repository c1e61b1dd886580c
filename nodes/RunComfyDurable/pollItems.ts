import { watchAndFetch, type StillRunning } from '../RunComfy/actions/steps/finishRequest';
import { namingAttempts } from '../RunComfy/actions/steps/resubmitFailed';
import type { ItemContext } from '../RunComfy/execution/itemContext';
import type { ItemPreparation, PreparedItem } from '../RunComfy/execution/prepareItems';
import type { Run } from '../RunComfy/execution/run';
import { itemRefused } from '../RunComfy/failures/itemsRefused';
import { ExecutionStopped, throwAsIs, RunComfyFailure } from '../RunComfy/shared/failure';
import type { JobRef } from '../RunComfy/shared/job';
import { readResubmitFailed } from '../RunComfy/actions/parameters/submitOptions';
import type { Entry, WaitingRequest } from './durableStore';
import { finishSettings, requestSettings } from './finishSettings';
import { hasEndedBadly, refuse, resubmits } from './resubmit';
import { isSettled, watchEnd, type Round, type RoundSettings } from './round';

/** The last moment that a date can hold: the store is JSON, which knows no endless waits. Milliseconds since 1970. */
const LATEST_DATE_MS = 8.64e15;

/** The item does nothing in this phase. */
const NOTHING: PreparedItem = { submit: async () => [] };

/** What is left of an item to have a request. */
interface PreparedStart extends Pick<PreparedItem, 'reserve' | 'release'> {
	submit: () => Promise<WaitingRequest>;
}

/**
 * Submits an item when there is capacity, polls its request, and keeps what it learns in the item's entry. All items are
 * checked in the first round, before the first of them is submitted.
 */
export function pollItems(
	round: Round,
	settings: RoundSettings,
	continueOnFail: boolean,
): { prepare: ItemPreparation } {
	/** Keeps why an item was not submitted. Without Continue On Fail that ends the run. */
	const keepRefusal = (error: unknown, entry: Entry) => {
		if (error instanceof ExecutionStopped || !continueOnFail) throwAsIs(namingAttempts(error, entry.attempts));
		refuse(round, entry, itemRefused(error, round.items.length));
	};
	/** Of items that are not in the first round, each is checked when its turn has come. */
	const startInTurn = async (item: ItemContext, entry: Entry, prepared?: PreparedStart) => {
		const { capacity } = settings;
		const hasPlace = await capacity.acquire();
		if (!hasPlace || item.signal.aborted) {
			// Others may wait for this place, and nobody else would ever release it.
			if (hasPlace) capacity.release();
			// Its turn comes in a later round, which reserves its price again.
			prepared?.release?.();
			return [];
		}
		try {
			let start = prepared;
			if (start === undefined) {
				try {
					start = await prepareStart(item, settings);
					start.reserve?.();
				} catch (error) {
					keepRefusal(error, entry);
					return [];
				}
			}
			await poll(item, { round, settings, continueOnFail, entry, start: start.submit });
			return [];
		} finally {
			settle(entry, settings);
		}
	};
	const prepare = async (item: ItemContext): Promise<PreparedItem> => {
		const entry = round.known[item.index]?.entry;
		round.active.add(item.run.active);
		if (entry === undefined) return NOTHING;
		if (entry.refused && !continueOnFail) throw new RunComfyFailure(entry.refused.failure);
		if (isSettled(entry)) return NOTHING;
		if (entry.request) {
			return {
				submit: async () => {
					try {
						await poll(item, { round, settings, continueOnFail, entry });
						return [];
					} finally {
						settle(entry, settings);
					}
				},
			};
		}
		if (!round.isFirst) return { submit: async () => await startInTurn(item, entry) };
		try {
			const start = await prepareStart(item, settings);
			return {
				reserve: () => {
					try {
						start.reserve?.();
					} catch (error) {
						keepRefusal(error, entry);
					}
				},
				submit: async () => (isSettled(entry) ? [] : await startInTurn(item, entry, start)),
			};
		} catch (error) {
			keepRefusal(error, entry);
			return NOTHING;
		}
	};
	return { prepare };
}

/** Gives the place of an item back, where its request needs it no longer. */
function settle(entry: Entry, { capacity }: RoundSettings): void {
	if (entry.request && !isSettled(entry)) capacity.keep();
	else capacity.release();
}

interface PollOf {
	round: Round;
	settings: RoundSettings;
	continueOnFail: boolean;
	entry: Entry;
	/** Makes the request of an item that has none. */
	start?: () => Promise<WaitingRequest>;
}

/** Polls the request of an item for its time. A read that failed says nothing about the request: there is another round. */
async function poll(item: ItemContext, { round, settings, continueOnFail, entry, start }: PollOf): Promise<void> {
	const { run, index: itemIndex } = item;
	const isNew = start !== undefined;
	try {
		if (start) entry.request = await start();
		const { request } = entry;
		if (request === undefined) return;
		const now = run.clock.date();
		const end = watchEnd(request, isNew ? settings.watchUntil : settings.pollUntil, now);
		const finish = await watchAndFetch(
			item,
			{ ...request, isJustSubmitted: isNew, refusedForMs: refusedForMs(run, request) },
			{
				...requestSettings(item, request, request.isOwn, isNew),
				// Only RunComfy's word that a failure cost nothing allows another submit.
				includeCost: true,
				maxWaitTime: Math.max(0, end - now) / 1000,
				download: undefined,
			},
		);
		const hasEnded = 'item' in finish || run.clock.date() >= request.deadline;
		if (hasEnded) request.isSettled = true;
		else keepRefusedSince(run, request, finish.stillRunning);
	} catch (error) {
		if (error instanceof ExecutionStopped) throwAsIs(error);
		const { request } = entry;
		if (resubmits(item, entry, error)) return;
		if (request && hasEndedBadly(error)) Object.assign(request, { isSettled: true, failedIn: round.executionId });
		else if (request && continueOnFail) request.isSettled = true;
		if (!continueOnFail) throwAsIs(namingAttempts(error, entry.attempts));
		if (!request) refuse(round, entry, error);
	} finally {
		round.savePlanned(run, itemIndex);
	}
}

/** For how long reads of a request have been refused in a row, in milliseconds; undefined where they are not. */
export function refusedForMs(run: Run, { refusedSince }: WaitingRequest): number | undefined {
	return refusedSince === undefined ? undefined : Math.max(0, run.clock.date() - refusedSince);
}

function keepRefusedSince(run: Run, request: WaitingRequest, { refusedForMs: forMs }: StillRunning): void {
	if (forMs === undefined) delete request.refusedSince;
	else request.refusedSince = run.clock.date() - forMs;
}

/** Reads and checks what an item needs to have a request. @throws RunComfyFailure before anything is paid */
async function prepareStart(item: ItemContext, { submits, family }: RoundSettings): Promise<PreparedStart> {
	const { maxWaitTime } = finishSettings(item, submits, true);
	const requestOf = (job: JobRef, warnings: string[]): WaitingRequest => {
		const since = item.run.clock.date();
		return { job, warnings, since, deadline: Math.min(since + maxWaitTime * 1000, LATEST_DATE_MS), isOwn: submits };
	};
	if (!submits) {
		const job = family.jobOf(item);
		return { submit: async () => requestOf(job, []) };
	}
	// An option that can't be read is an error before anything is paid.
	readResubmitFailed(item);
	const { reserve, release, submit } = await family.prepareSubmit(item);
	return {
		reserve,
		release,
		submit: async () => {
			const { accepted, warnings } = await submit();
			return requestOf(accepted.job, warnings);
		},
	};
}
