import type { Clock } from '../shared/clock';
import { ExecutionStopped, RunComfyFailure } from '../shared/failure';
import { MismatchedResponse } from '../api/jobApi';
import { backoffMs, MAX_PAUSE_MS } from '../transport/retryPolicy';

/** How long reads of an own request may be refused, from the first refusal in a row, before that is believed (contract). */
export const RETRY_WINDOW_MS = 60_000;

/** What an answer to a read says about the end of a request. */
export type Verdict =
	/** It will be read again: it says nothing about the end, and may pass. */
	| 'transient'
	/** It will be read again, but not for long: a refusal that persists is believed. */
	| 'refused'
	/** Reading again cannot help. */
	| 'final';

/**
 * The one place that decides how long failed reads of a request are tried again. A request that was paid for is worth
 * patience: an odd answer says nothing about its end, whatever its HTTP status or shape.
 */
export class RetryWindow {
	private refusedSince?: number;

	private failuresInRow = 0;

	private failingSince?: number;

	private retryAfterMs = 0;

	/**
	 * @param isOwn whether this node run, an earlier try of it or a durable wait submitted the request. One that was only
	 * named to the node may well not exist
	 * @param refusedForMs how long reads have been refused already, where an earlier round of a durable wait saw it
	 */
	constructor(
		private readonly clock: Clock,
		private readonly isOwn: boolean,
		refusedForMs?: number,
	) {
		if (refusedForMs !== undefined) this.refusedSince = clock.now() - refusedForMs;
	}

	/** Takes in a failed read. @returns whether to read again */
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

	/** A read succeeded. */
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
		// The last read of a window comes when the window ends, not long after.
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
