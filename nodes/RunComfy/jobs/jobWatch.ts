import { MismatchedResponse, type CallControl, type JobApi, type JobResult, type JobStatus } from '../api/jobApi';
import { isFinished, isKnownStatus, type NormalStatus } from '../api/status';
import { unexpectedShape } from '../failures/apiFailure';
import type { Clock } from '../shared/clock';
import { throwAsIs, RunComfyFailure } from '../shared/failure';
import type { JobRef } from '../shared/job';
import type { CallRate } from '../transport/apiTransport';
import type { WaveMember } from './firstWave';
import { cancelledFailure, generationFailure } from './outcomeFailures';
import { RetryWindow } from './retryWindow';
import { pollDelayMs } from './pollDelay';
import type { Pollable } from './poller';
import { hasOutput, resultStatus } from './jobResult';

/** A result may exist before its output, or lag behind the status, so it is read again after these pauses. Milliseconds. */
const REREAD_PAUSES_MS = [1_000, 2_000, 3_000];

/** When the status doesn't decide, the result is read occasionally: at once, then at growing pauses. Milliseconds. */
const FIRST_LOOKUP_PAUSE_MS = 2_000;
const MAX_LOOKUP_PAUSE_MS = 60_000;

/** An outage this long is reported while the wait continues. Milliseconds. */
const OUTAGE_MS = 15_000;

/** What a watch needs. */
export interface WatchOptions {
	jobs: JobApi;
	clock: Clock;
	job: JobRef;
	/** Whether this node run, an earlier try or a durable wait submitted it: then failed reads are retried for longer. */
	isOwn?: boolean;
	/** For how long an earlier round of a durable wait has seen reads refused. Milliseconds. */
	refusedForMs?: number;
	/** Seconds from now until the watch gives up. */
	maxWaitTime: number;
	includeCost: boolean;
	signal?: AbortSignal;
	/** Learns from the responses; the poller itself acquires the slots. */
	rate?: CallRate;
	/** How long such jobs usually run, in milliseconds, if known and if the job was just submitted. */
	usualMs?: () => number | undefined;
	/** Its place among the jobs of one run whose usual run time is unknown. */
	waveMember?: WaveMember;
	/** A number from 0 to 1 for each pause; random by default. */
	random?: () => number;
	/** Called with every status that was read. */
	onStatus?: (status: JobStatus) => void;
	/** Called when reads have failed for a while. */
	onOutage?: () => void;
}

/** How a watch ended, apart from failures. */
export type WatchOutcome =
	/** `ranMs`: milliseconds from the submit, or from the last time it was seen in the queue. */
	| { kind: 'succeeded'; result: JobResult; ranMs: number }
	| {
			kind: 'timedOut';
			status: NormalStatus;
			waitedSeconds: number;
			/** Whether the last reads failed. */
			isUnresponsive: boolean;
			/** For how long reads have been refused, in milliseconds, if they are. */
			refusedForMs?: number;
	  };

/**
 * Watches one request until it has finished or its time is up. The result decides whether it succeeded. A poll throws
 * RunComfyFailure `generation_failed` or `cancelled` for a bad end, or the failure of reads that keep failing; and
 * ExecutionStopped.
 */
export class JobWatch implements Pollable<WatchOutcome> {
	private readonly startedAt: number;

	readonly deadline: number;

	private readonly control: CallControl;

	private readonly retryWindow: RetryWindow;

	private runningSince: number;

	private last: NormalStatus | undefined;

	private reads = 0;

	/** How often the result of a finished request was read again. */
	private rereads = 0;

	private isRereading = false;

	/** The last status, if it says "finished": then only the result is left to read. */
	private finalStatus?: NormalStatus;

	private nextLookupAt = -Infinity;

	private lookupPauseMs = FIRST_LOOKUP_PAUSE_MS;

	constructor(private readonly options: WatchOptions) {
		const { clock, signal, maxWaitTime, isOwn = false, refusedForMs } = options;
		this.startedAt = clock.now();
		this.runningSince = this.startedAt;
		this.deadline = this.startedAt + maxWaitTime * 1000;
		// What to retry, and for how long, is decided here and not by the transport.
		this.control = { signal, deadline: this.deadline, maxRepeats: 0 };
		this.retryWindow = new RetryWindow(clock, isOwn, refusedForMs);
	}

	pauseMs(): number {
		const now = this.options.clock.now();
		return Math.max(0, Math.min(this.plannedPauseMs(now), this.deadline - now));
	}

	private plannedPauseMs(now: number): number {
		const random = (this.options.random ?? Math.random)();
		if (this.retryWindow.isFailing) return this.retryWindow.pauseMs(random);
		if (this.isRereading) return REREAD_PAUSES_MS[this.rereads - 1] ?? 0;
		const { waveMember } = this.options;
		const usualMs = this.options.usualMs?.();
		const isFirst = this.reads === 0;
		const isQueued = this.last === 'in_queue';
		const waitedMs = now - (isQueued ? this.startedAt : this.runningSince);
		if (isFirst && usualMs === undefined && waveMember?.isFollower !== true) return 0;
		const planned = pollDelayMs({ waitedMs, isQueued, usualMs, isFirst }, random);
		return usualMs === undefined && waveMember ? waveMember.pauseMs(planned, isFirst) : planned;
	}

	async poll(): Promise<WatchOutcome[]> {
		const { clock, onOutage } = this.options;
		// At the deadline, everything that may know the outcome is read.
		const isLast = clock.now() >= this.deadline;
		try {
			const outcome = await this.outcome(isLast);
			if (outcome) return [outcome];
		} catch (error) {
			if (!this.retryWindow.shouldRetry(error)) throwAsIs(error);
			if (this.retryWindow.failingForMs >= OUTAGE_MS) onOutage?.();
			if (error instanceof MismatchedResponse && clock.now() >= this.deadline) throwAsIs(error);
		}
		this.reads += 1;
		const now = clock.now();
		if (now < this.deadline) return [];
		const waitedSeconds = Math.round((now - this.startedAt) / 1000);
		const { isFailing, refusedForMs } = this.retryWindow;
		return [
			{
				kind: 'timedOut',
				status: this.last ?? 'in_queue',
				waitedSeconds,
				isUnresponsive: isFailing,
				refusedForMs,
			},
		];
	}

	private async outcome(isLast: boolean): Promise<WatchOutcome | undefined> {
		const { jobs, clock, job, rate, onStatus } = this.options;
		this.isRereading = false;
		if (this.finalStatus !== undefined) return await this.finished(this.finalStatus, isLast);
		let status: JobStatus;
		try {
			status = await jobs.readStatus(job, { ...this.control, rate });
		} catch (error) {
			// The status may fail when the result doesn't, and the read may have used up the time that was left.
			return (await this.lookUpResult(isLast || clock.now() >= this.deadline, error)) ?? throwAsIs(error);
		}
		onStatus?.(status);
		if (status.status === 'in_queue') this.runningSince = clock.now();
		this.last = isFinished(status.status) ? 'in_progress' : status.status;
		const outcome = isFinished(status.status)
			? await this.finished(status.status, isLast)
			: isKnownStatus(status.status)
				? undefined
				: await this.lookUpResult(isLast);
		this.retryWindow.reset();
		return outcome;
	}

	/** Occasionally reads the result when the status doesn't decide. A failed read of it decides nothing either. */
	private async lookUpResult(isLast: boolean, statusError?: unknown): Promise<WatchOutcome | undefined> {
		const now = this.options.clock.now();
		if (!isLast && (now < this.nextLookupAt || this.isServiceAway(statusError))) return undefined;
		this.nextLookupAt = now + this.lookupPauseMs;
		this.lookupPauseMs = Math.min(MAX_LOOKUP_PAUSE_MS, this.lookupPauseMs * 2);
		try {
			return this.decided(await this.readResult(), undefined, isLast);
		} catch (error) {
			return isFailedRead(error) ? undefined : throwAsIs(error);
		}
	}

	/** Whether another call would fail the same way: the service doesn't respond, or there are too many calls. */
	private isServiceAway(error: unknown): boolean {
		if (!(error instanceof RunComfyFailure)) return false;
		const { code, http_status: httpStatus } = error.details;
		if (code !== 'service_unavailable' && code !== 'rate_limited') return false;
		const isBusy = httpStatus === undefined || httpStatus === 429 || httpStatus === 503;
		return isBusy && (httpStatus === undefined || this.retryWindow.failingForMs < OUTAGE_MS);
	}

	/** The outcome of a request whose status says "finished"; undefined when the result says "not yet". */
	private async finished(status: NormalStatus, isLast: boolean): Promise<WatchOutcome | undefined> {
		this.finalStatus = status;
		try {
			const outcome = this.decided(await this.readResult(), status, isLast);
			// A result that says "not yet" may be right and the status wrong.
			if (outcome === undefined && !this.isRereading) this.finalStatus = undefined;
			this.retryWindow.reset();
			return outcome;
		} catch (error) {
			const isDecidedByStatus = status === 'cancelled' || status === 'failed';
			if (!isDecidedByStatus || !isFailedRead(error)) return throwAsIs(error);
			return this.decided({}, status, isLast);
		}
	}

	private async readResult(): Promise<JobResult> {
		const { jobs, job, includeCost } = this.options;
		return (await jobs.readResult(job, includeCost, this.control)) ?? {};
	}

	private decided(result: JobResult, status: NormalStatus | undefined, isLast: boolean): WatchOutcome | undefined {
		const { job, clock } = this.options;
		switch (resultStatus(result)) {
			case 'succeeded':
				if (!hasOutput(result) && this.mayReread(isLast)) return undefined;
				return { kind: 'succeeded', result, ranMs: clock.now() - this.runningSince };
			case 'failed':
				throw generationFailure(job, result);
			case 'cancelled':
				throw cancelledFailure(job);
			default:
				// The result doesn't decide. A status that does counts once the result has had time to catch up.
				if (status === 'cancelled' || status === 'failed') {
					if (this.mayReread(isLast)) return undefined;
					throw status === 'cancelled' ? cancelledFailure(job) : generationFailure(job, result);
				}
				if (result.request_id !== undefined && result.status === undefined) {
					throw unexpectedShape({ purpose: 'result', requestId: job.requestId, target: job }, 'status');
				}
				return undefined;
		}
	}

	private mayReread(isLast: boolean): boolean {
		this.isRereading = !isLast && this.rereads < REREAD_PAUSES_MS.length;
		if (this.isRereading) this.rereads += 1;
		return this.isRereading;
	}
}

/** Whether a read failed, as opposed to one that reported a bad end. */
function isFailedRead(error: unknown): boolean {
	return (
		error instanceof RunComfyFailure &&
		error.details.code !== 'generation_failed' &&
		error.details.code !== 'cancelled'
	);
}
