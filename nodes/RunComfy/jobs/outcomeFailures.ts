import { chargeSentence } from '../shared/charge';
import type { TitleOf } from '../failures/comfyReason';
import { RunComfyFailure, type Charged, type FailureDetails } from '../shared/failure';
import { reasonText } from '../failures/serverText';
import { jobKeys, type JobRef } from '../shared/job';
import { costOf, withTarget } from './jobResult';
import type { NormalStatus } from '../api/status';

/** Part of a failure's description; left out of a failure that was resubmitted already. */
export const RESUBMIT_ADVICE =
	'To resubmit generations that fail without a charge, set Resubmit Failed in Options of Submit and Wait.';

/** A failed generation, with what RunComfy says about it. */
export class GenerationFailure extends RunComfyFailure {
	constructor(
		details: FailureDetails,
		readonly job: JobRef,
		readonly result: Record<string, unknown>,
	) {
		super(details);
	}
}

/**
 * The result says that the generation failed.
 *
 * @param titleOf what the nodes of a deployed workflow are called, where that is known
 */
export function generationFailure(job: JobRef, result: Record<string, unknown>, titleOf?: TitleOf): GenerationFailure {
	const reason = reasonText(result.error, titleOf);
	const cost = costOf(result);
	const charged: Charged = cost === undefined || cost < 0 ? 'unknown' : cost > 0 ? 'yes' : 'no';
	return new GenerationFailure(
		{
			message: `The generation failed: ${reason ?? 'RunComfy gave no reason'} (request ${job.requestId})`,
			description: `Change the input as the reason suggests, then run this again. ${chargeSentence(charged, cost)} Retry On Fail doesn't submit it again.${job.family === 'model' ? ` ${RESUBMIT_ADVICE}` : ''}`,
			code: 'generation_failed',
			...jobKeys(withTarget(job, result)),
			status: 'failed',
			retryable: false,
			charged,
		},
		job,
		result,
	);
}

/** The request was cancelled by someone else. */
export function cancelledFailure(job: JobRef): RunComfyFailure {
	return new RunComfyFailure({
		message: `The request was cancelled outside this workflow (request ${job.requestId})`,
		description: `It was cancelled on runcomfy.com, through the API or by another workflow. Run this again if you still want the result. ${chargeSentence('no')}`,
		code: 'cancelled',
		...jobKeys(job),
		status: 'cancelled',
		retryable: false,
		charged: 'no',
	});
}

/** Max Wait Time is over, but the request hasn't finished. */
export function timeoutFailure(
	job: JobRef,
	{
		status,
		waitedSeconds,
		isUnresponsive,
	}: { status: NormalStatus; waitedSeconds: number; isUnresponsive?: boolean },
): RunComfyFailure {
	const { requestId } = job;
	return new RunComfyFailure({
		message: isUnresponsive
			? `RunComfy didn't respond at the end of Max Wait Time, after ${waitedSeconds} seconds. The last known status of the request is ${status} (request ${requestId})`
			: `The request is still ${status} after ${waitedSeconds} seconds (request ${requestId})`,
		description: `The request keeps running at RunComfy. Fetch it later for free with the Wait or Get Result operation and the request ID ${requestId}, or increase Max Wait Time in Options.`,
		code: 'timeout',
		...jobKeys(job),
		status,
		retryable: true,
		charged: 'unknown',
	});
}
