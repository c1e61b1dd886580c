import { RunComfyFailure } from '../shared/failure';
import type { JobRef } from '../shared/job';
import type { CallRate } from '../transport/apiTransport';
import type { NormalStatus } from './status';

/** A job that RunComfy accepted. */
export interface AcceptedJob {
	job: JobRef;
	/** Absolute URLs. RunComfy documents them; its own command line takes them as optional. */
	statusUrl: string;
	resultUrl: string;
	cancelUrl: string;
	status: NormalStatus;
}

/** One answer of the status endpoint, with its own word for the status beside the normalised one. */
export interface JobStatus {
	status: NormalStatus;
	rawStatus: string;
	/** Only while the job is queued (documented). */
	queuePosition?: number;
	/** The answer as it came. */
	response: Record<string, unknown>;
}

/** One answer of the result endpoint. */
export type JobResult = Record<string, unknown>;

/** RunComfy's answer to a cancel (documented). */
export interface CancelResponse {
	/** `cancellation_requested` where RunComfy only promises to try (seen in its own client). */
	outcome: 'cancelled' | 'not_cancellable' | 'cancellation_requested';
	status?: string;
}

/** How the calls of a run go out. */
export interface CallControl {
	signal?: AbortSignal;
	/** By the clock's `now`; a read is not tried again after it. */
	deadline?: number;
	/** How often a call that may be repeated is sent again; three times by default. */
	maxRepeats?: number;
	/** Spaces the calls of a run; asked before repeats. */
	rate?: CallRate;
}

/**
 * What both API families can do with a job that exists. Waiting, cancelling, recording and logging know nothing else of a
 * family. All of it is free.
 */
export interface JobApi {
	/** @throws RunComfyFailure */
	readStatus(job: JobRef, control?: CallControl): Promise<JobStatus>;
	/**
	 * @param includeCost asks for `cost` in USD, where the family knows it
	 * @returns undefined when RunComfy says "not ready" by its error code instead of by a state
	 * @throws RunComfyFailure
	 */
	readResult(job: JobRef, includeCost: boolean, control?: CallControl): Promise<JobResult | undefined>;
	/** Cancels a job while it is queued; on any other it does nothing (documented). @throws RunComfyFailure */
	cancel(job: JobRef, control?: CallControl): Promise<CancelResponse>;
}

/** A cache or a proxy on the way may mix answers up; what belongs to another job is never taken for this one's. */
export class MismatchedResponse extends RunComfyFailure {}
