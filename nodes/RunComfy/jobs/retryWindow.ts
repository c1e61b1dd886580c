import type { Clock } from '../shared/clock';
import { ExecutionStopped, RunComfyFailure } from '../shared/failure';
import { MismatchedResponse } from '../api/jobApi';
import { backoffMs, MAX_PAUSE_MS } from '../transport/retryPolicy';

/**
 * How long reads of an own request may be refused, from the first refusal in a row, before the refusal counts
 * (contract).
 */
export const RETRY_WINDOW_MS = 60_000;

/** What a failed read says about the outcome of a request. */
export type Verdict =
	/** Says nothing about the outcome and may pass: read again. */
	| 'transient'
	/** Read again, but not for long: a refusal that persists counts. */
	| 'refused'
	/** Reading again can't help. */
	| 'final';

/**
 * The one place that decides how long failed reads of a request are retried. A paid request is worth the wait: an odd
 * response says nothing about its outcome, whatever its HTTP status or shape.
 */
export class RetryWindow {
	private refusedSince?: number;

	private failuresInRow = 0;

	private failingSince?: number;

	private retryAfterMs = 0;

	/**
	 * @param isOwn whether this node run, an earlier try or a durable wait submitted the request. One that is known by
	 * its ID alone may not exist
	 * @param refusedForMs for how long an earlier round of a durable wait has seen reads refused. Milliseconds
	 */
	constructor(
		private readonly clock: Clock,
		private readonly isOwn: boolean,
		refusedForMs?: number,
	) {
		if (refusedForMs !== undefined) this.refusedSince = clock.now() - refusedForMs;
	}

	/** Records a failed read. @returns whether to read again */
	shouldRetry(error: unknown): boolean {
		const verdict = this.verdictFor(error);
		if (verdict === 'final') return false;
		const now = this.clock.now();
		this.failuresInRow += 1;
		this.failingSince ??= now;
		this.retryAfterMs = error instanceof RunComfyFailure ? (error.retryAfterMs ?? 0) : 0;
		if (verdict === 'transient') {
			this.refusedSince = undefined;
			return true;
		}
		this.refusedSince ??= now;
		return now - this.refusedSince < RETRY_WINDOW_MS;
	}

	/** Records a successful read. */
	reset(): void {
		this.refusedSince = undefined;
		this.failingSince = undefined;
		this.failuresInRow = 0;
	}

	/** Whether the last read failed. */
	get isFailing(): boolean {
		return this.failuresInRow > 0;
	}

	/** For how long reads have failed in a row. Milliseconds. */
	get failingForMs(): number {
		return this.failingSince === undefined ? 0 : this.clock.now() - this.failingSince;
	}

	/** For how long reads have been refused in a row, in milliseconds; undefined while they are not. */
	get refusedForMs(): number | undefined {
		return this.refusedSince === undefined ? undefined : this.clock.now() - this.refusedSince;
	}

	/** How long to pause before the next read after failed ones. @param random from 0 to 1 */
	pauseMs(random: number): number {
		const pause = Math.min(MAX_PAUSE_MS, Math.max(this.retryAfterMs, backoffMs(this.failuresInRow - 1, random)));
		// The last read comes at the end of the window, not long after it.
		return this.refusedSince === undefined
			? pause
			: Math.max(1, Math.min(pause, this.refusedSince + RETRY_WINDOW_MS - this.clock.now()));
	}

	private verdictFor(error: unknown): Verdict {
		if (error instanceof ExecutionStopped || !(error instanceof RunComfyFailure)) return 'final';
		const { code, http_status: status = 0 } = error.details;
		if (code === 'generation_failed' || code === 'cancelled' || code === 'internal_error') return 'final';
		if (!this.isOwn && (code === 'unauthorized' || code === 'forbidden' || code === 'not_found')) return 'final';
		if (error instanceof MismatchedResponse) return 'refused';
		if (code === 'service_unavailable' || code === 'rate_limited') return status === 407 ? 'refused' : 'transient';
		const isRefusal = code !== 'unexpected_response' || (status >= 400 && status < 500);
		return isRefusal ? 'refused' : 'transient';
	}
}
