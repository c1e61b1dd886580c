import { timedOutItem, watchAndFetch } from '../RunComfy/actions/steps/finishRequest';
import { namingAttempts, withAttempts } from '../RunComfy/actions/steps/resubmitFailed';
import type { ItemWork, OutputItem } from '../RunComfy/execution/runItems';
import { RunComfyFailure, throwAsIs } from '../RunComfy/shared/failure';
import { requestSettings } from './finishSettings';
import { refusedForMs } from './pollItems';
import type { Round, RoundSettings } from './round';

/** Reads of a request whose end was seen already get this long. Seconds. */
const LAST_READ_SECONDS = 60;

/** Makes the items of requests whose end was seen, files included: the results are read again, which is free. */
export function emitItems(round: Round, { submits }: RoundSettings, leaving: Set<number>): ItemWork {
	return async (item): Promise<OutputItem[]> => {
		const { run, index: itemIndex } = item;
		const { request, refused, attempts = [] } = round.known[itemIndex]?.entry ?? {};
		round.active.add(run.active);
		if (!leaving.has(itemIndex)) return [];
		if (refused) throw new RunComfyFailure(refused.failure);
		if (request === undefined) return [];
		const now = run.clock.date();
		const settings = {
			...requestSettings(item, request, submits && request.isOwn, false),
			maxWaitTime: now >= request.deadline ? 0 : LAST_READ_SECONDS,
		};
		const pending = { ...request, refusedForMs: refusedForMs(run, request) };
		const finish = await watchAndFetch(item, pending, settings).catch((error: unknown) =>
			throwAsIs(namingAttempts(error, attempts)),
		);
		if ('item' in finish) return [withAttempts(finish.item, attempts)];
		const waitedSeconds = Math.round((run.clock.date() - request.since) / 1000);
		return [timedOutItem(item, request, settings, { ...finish.stillRunning, waitedSeconds })];
	};
}
