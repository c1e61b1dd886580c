import { readResubmitFailed } from '../RunComfy/actions/parameters/submitOptions';
import { attemptOf, isFreeFailure, namingAttempts } from '../RunComfy/actions/steps/resubmitFailed';
import type { ItemContext } from '../RunComfy/execution/itemContext';
import { detailsOf } from '../RunComfy/failures/nodeError';
import { RunComfyFailure } from '../RunComfy/shared/failure';
import type { Entry } from './durableStore';
import type { Round } from './round';

/**
 * Whether a generation that failed without a charge is submitted again, which it is in the next round: the item is one
 * without a request then, and its price is reserved anew.
 */
export function resubmits(item: ItemContext, entry: Entry, error: unknown): boolean {
	const { attempts = [], request } = entry;
	if (!request?.isOwn || !isFreeFailure(error) || attempts.length >= maxResubmits(item)) return false;
	const { submissions } = item.run;
	entry.attempts = [...attempts, attemptOf(error, submissions.find(item.index)?.plannedUsd ?? entry.plannedUsd)];
	submissions.forget(request.job.requestId);
	delete entry.request;
	delete entry.plannedUsd;
	return true;
}

/** In a later round the option may be one that can't be read any more: then nothing more is paid. */
function maxResubmits(item: ItemContext): number {
	try {
		return readResubmitFailed(item);
	} catch {
		return 0;
	}
}

/** Retry On Fail may try again what never became a request. */
export function refuse({ executionId }: Round, entry: Entry, error: unknown): void {
	entry.refused = { failure: detailsOf(namingAttempts(error, entry.attempts)), executionId };
}

/** Only this is bought again by a person's Retry: all else can still be read. */
export function hasEndedBadly(error: unknown): boolean {
	return (
		error instanceof RunComfyFailure &&
		(error.details.code === 'generation_failed' || error.details.code === 'cancelled')
	);
}
