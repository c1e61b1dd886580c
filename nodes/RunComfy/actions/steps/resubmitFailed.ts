import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import type { FailedAttempt } from '../../execution/submissionStore';
import { detailsOf } from '../../failures/nodeError';
import { chargeSentence, ITEM_NOT_SUBMITTED, saysNotCharged, withoutNothingCharged } from '../../shared/charge';
import { RESUBMIT_ADVICE } from '../../jobs/outcomeFailures';
import {
	ExecutionStopped,
	internalFailure,
	isUnforeseen,
	RunComfyFailure,
	throwAsIs,
	type FailureDetails,
} from '../../shared/failure';
import { finishRequest, type FinishSettings } from './finishRequest';
import type { PreparedSubmit } from './submitSafely';

/**
 * Submits an item and finishes its request. A generation that failed without a charge is submitted again as often as the
 * author allows, over all tries of Retry On Fail.
 *
 * @param maxResubmits 0 to 3
 * @throws RunComfyFailure; the last one names all failed requests of the item
 * @throws ExecutionStopped
 */
export async function submitAndFinish(
	item: ItemContext,
	{ submit, submitAgain }: Pick<PreparedSubmit, 'submit' | 'submitAgain'>,
	settings: FinishSettings,
	maxResubmits: number,
): Promise<OutputItem> {
	const { submissions } = item.run;
	// Only RunComfy's word that a failure cost nothing allows another submit.
	const includeCost = settings.includeCost || maxResubmits > 0;
	const first = await submit();
	const { warnings } = first;
	for (let submitted = first; ;) {
		const { accepted, isJustSubmitted } = submitted;
		const attempts = submissions.find(item.index)?.attempts ?? [];
		try {
			const pending = { job: accepted.job, warnings, isJustSubmitted };
			return withAttempts(await finishRequest(item, pending, { ...settings, includeCost }), attempts);
		} catch (error) {
			if (!isFreeFailure(error) || attempts.length >= maxResubmits)
				return throwAsIs(namingAttempts(error, attempts));
			if (item.signal.aborted) return throwAsIs(new ExecutionStopped());
			const failed = [...attempts, attemptOf(error, submissions.find(item.index)?.plannedUsd)];
			item.logOf(accepted.job).submittingAgain(failed.length, maxResubmits);
			try {
				submitted = await submitAgain(failed);
			} catch (refusal) {
				return throwAsIs(notSubmittedAgain(refusal, error, failed));
			}
		}
	}
}

/** Whether RunComfy says that the generation failed and cost nothing. */
export function isFreeFailure(error: unknown): error is RunComfyFailure {
	return (
		error instanceof RunComfyFailure &&
		error.details.code === 'generation_failed' &&
		error.details.charged === 'no' &&
		error.details.request_id !== undefined
	);
}

/** What an item tells of a request that failed and was submitted again. */
export function attemptOf({ details }: RunComfyFailure, plannedUsd: number | undefined): FailedAttempt {
	const { request_id = '', message } = details;
	const reason = message.replace(/^The generation failed: /, '').replace(` (request ${request_id})`, '');
	return { request_id, reason, ...(plannedUsd === undefined ? {} : { plannedUsd }) };
}

/** An item with the requests that failed before. */
export function withAttempts(output: OutputItem, attempts: FailedAttempt[]): OutputItem {
	if (attempts.length === 0) return output;
	const listed = attempts.map(({ request_id, reason }) => ({ request_id, reason }));
	return { ...output, json: { ...output.json, attempts: listed } };
}

/**
 * A failure of an item with the requests that failed before. It doesn't say that nothing was submitted, and names the last
 * of them where it has no request of its own.
 */
export function namingAttempts(error: unknown, attempts: FailedAttempt[] = []): unknown {
	if (!(error instanceof RunComfyFailure) || attempts.length === 0) return error;
	const { details } = error;
	const ids = attempts.map(({ request_id }) => request_id);
	return new RunComfyFailure({
		...details,
		message: `${details.message}. Failed before: ${ids.join(', ')}`,
		description: isFreeRefusal(details)
			? `${chargeSentence('no')} ${withoutNothingCharged(details.description).replace(ITEM_NOT_SUBMITTED, '').trim()}`
			: details.description?.replace(` ${RESUBMIT_ADVICE}`, ''),
		...(details.charged === 'no' ? { request_id: details.request_id ?? ids.at(-1) } : {}),
	});
}

function isFreeRefusal({ request_id, description }: FailureDetails): boolean {
	return request_id === undefined && saysNotCharged(description);
}

/** A refused submit isn't what the item failed of, unless RunComfy answered it. */
function notSubmittedAgain(refusal: unknown, failure: RunComfyFailure, failed: FailedAttempt[]): unknown {
	if (refusal instanceof ExecutionStopped) return refusal;
	const given = isUnforeseen(refusal) ? internalFailure(refusal, 'no').details : detailsOf(refusal);
	const { code, message } = given;
	const isRefusedHere = code === 'spend_limit' || code === 'invalid_input' || code === 'media_rejected';
	if (isRefusedHere) {
		const description = `It wasn't submitted again: ${message}. ${failure.details.description ?? ''}`.trim();
		return namingAttempts(new RunComfyFailure({ ...failure.details, description }), failed.slice(0, -1));
	}
	return namingAttempts(new RunComfyFailure(given), failed);
}
