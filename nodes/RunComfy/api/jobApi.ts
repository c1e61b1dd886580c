import { RunComfyFailure } from '../shared/failure';
import type { JobRef } from '../shared/job';
import type { CallRate } from '../transport/apiTransport';
import type { NormalStatus } from './status';

/** A job that RunComfy accepted. */
export interface AcceptedJob {
	job: JobRef;
	/** Absolute URLs. RunComfy documents them; its own command line treats them as optional. */
	statusUrl: string;
	resultUrl: string;
	cancelUrl: string;
	status: NormalStatus;
}

/** A response of the status endpoint, with the raw status and the normalized one. */
export interface JobStatus {
	status: NormalStatus;
	rawStatus: string;
	/** Only while the job is queued (documented). */
	queuePosition?: number;
	/** The response as it was sent. */
	response: Record<string, unknown>;
}

/** A response of the result endpoint. `output` holds what was generated; a family that has another name for it maps it. */
export type JobResult = Record<string, unknown>;

/** RunComfy's response to a cancel (documented). */
export interface CancelResponse {
	/** `cancellation_requested` when RunComfy only promises to try (seen in its own client). */
	outcome: 'cancelled' | 'not_cancellable' | 'cancellation_requested';
	status?: string;
}

/** How to make a call of a run. */
export interface CallControl {
	signal?: AbortSignal;
	/** By the clock's `now`; a read isn't retried after it. */
	deadline?: number;
	/** How often a call that may be repeated is sent again; three times by default. */
	maxRepeats?: number;
	/** Spaces the calls of a run; acquired before repeats. */
	rate?: CallRate;
}

/**
 * What every API family can do with an existing job. Waiting, cancelling, recording and logging know nothing else about
 * a family. All of it is free.
 */
export interface JobApi {
	/** @throws RunComfyFailure */
	readStatus(job: JobRef, control?: CallControl): Promise<JobStatus>;
	/**
	 * @param includeCost asks for `cost` in USD, if the family has it
	 * @returns undefined when RunComfy says "not ready" with an error code instead of a status
	 * @throws RunComfyFailure
	 */
	readResult(job: JobRef, includeCost: boolean, control?: CallControl): Promise<JobResult | undefined>;
	/** Cancels a queued job; does nothing to any other (documented). @throws RunComfyFailure */
	cancel(job: JobRef, control?: CallControl): Promise<CancelResponse>;
}

/** A cache or proxy may mix up responses. One that belongs to another job is never used for this one. */
export class MismatchedResponse extends RunComfyFailure {}
