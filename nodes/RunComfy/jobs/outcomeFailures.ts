import { RunComfyFailure, type Charged } from '../shared/failure';
import { reasonText } from '../failures/serverText';
import { jobKeys, type JobRef } from '../shared/job';
import { costOf, withTarget } from './jobResult';
import type { NormalStatus } from '../api/status';

/** The result says that the generation failed. */
export function generationFailure(
	job: JobRef,
	result: Record<string, unknown>,
): RunComfyFailure {
	const reason = reasonText(result.error);
	const cost = costOf(result);
	const charged: Charged = cost === undefined ? 'unknown' : cost > 0 ? 'yes' : 'no';
	return new RunComfyFailure({
		message: `The generation did not succeed: ${reason ?? 'RunComfy gives no reason'} (request ${job.requestId})`,
		description: `Change the input as the reason suggests, then run this again. ${billText(charged, cost)}`,
		code: 'generation_failed',
		...jobKeys(withTarget(job, result)),
		status: 'failed',
		retryable: false,
		charged,
	});
}

function billText(charged: Charged, cost: number | undefined): string {
	if (charged === 'yes') return `It was charged with ${cost} USD.`;
	return charged === 'no' ? 'Nothing was charged.' : 'RunComfy does not say whether it was charged.';
}

/** The request was cancelled by someone else than this node. */
export function cancelledFailure(job: JobRef): RunComfyFailure {
	return new RunComfyFailure({
		message: `The request was cancelled outside of this workflow (request ${job.requestId})`,
		description: 'Someone cancelled it on runcomfy.com, by the API or in another workflow. Run this again if you still want the result.',
		code: 'cancelled',
		...jobKeys(job),
		status: 'cancelled',
		retryable: false,
		charged: 'no',
	});
}

/** The wait is over, the request is not. */
export function timeoutFailure(
	job: JobRef,
	{ status, waitedSeconds, isUnanswered }: { status: NormalStatus; waitedSeconds: number; isUnanswered?: boolean },
): RunComfyFailure {
	const { requestId } = job;
	return new RunComfyFailure({
		message: isUnanswered
			? `RunComfy did not answer when Max Wait Time was over, after ${waitedSeconds} seconds; the request was ${status} when last seen (request ${requestId})`
			: `The request is still ${status} after ${waitedSeconds} seconds (request ${requestId})`,
		description: `The request is still running at RunComfy. Fetch it later with Request, Wait (or Get Result) and the Request ID ${requestId}, or raise Max Wait Time in Options.`,
		code: 'timeout',
		...jobKeys(job),
		status,
		retryable: true,
		charged: 'unknown',
	});
}
