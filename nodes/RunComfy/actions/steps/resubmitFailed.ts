import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import type { FailedAttempt } from '../../execution/submissionStore';
import { detailsOf } from '../../failures/nodeError';
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
			if (!isFreeFailure(error) || attempts.length >= maxResubmits) return throwAsIs(naming(error, attempts));
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

/** A failure, with the requests that failed before. */
function naming(error: unknown, attempts: FailedAttempt[]): unknown {
	if (!(error instanceof RunComfyFailure) || attempts.length === 0) return error;
	const ids = attempts.map(({ request_id }) => request_id).join(', ');
	return new RunComfyFailure({ ...error.details, message: `${error.details.message}. Failed before: ${ids}` });
}

/** A refused submit isn't what the item failed of, unless RunComfy answered it. */
function notSubmittedAgain(refusal: unknown, failure: RunComfyFailure, failed: FailedAttempt[]): unknown {
	if (refusal instanceof ExecutionStopped) return refusal;
	const given = isUnforeseen(refusal) ? internalFailure(refusal, 'no').details : detailsOf(refusal);
	const { code, message, charged } = given;
	const isRefusedHere = code === 'spend_limit' || code === 'invalid_input' || code === 'media_rejected';
	if (isRefusedHere) {
		const description = `It wasn't submitted again: ${message}. ${failure.details.description ?? ''}`.trim();
		return naming(new RunComfyFailure({ ...failure.details, description }), failed.slice(0, -1));
	}
	const details: FailureDetails = charged === 'no' ? { ...given, request_id: failed.at(-1)?.request_id } : given;
	return naming(new RunComfyFailure(details), failed);
}
