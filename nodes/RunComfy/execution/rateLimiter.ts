import type { Clock } from '../shared/clock';
import { ExecutionStopped } from '../shared/failure';
import type { ResponseFacts, CallRate } from '../transport/apiTransport';

/** How many calls per second may be sent. */
export interface RateLimits {
	/** At the start, before the service has shown what it can handle. */
	initialPerSecond: number;
	/** Never more, however quickly the service responds. */
	maxPerSecond: number;
}

/** Never less, however busy the service says it is: paid requests must still be checked. */
const MIN_PER_SECOND = 1;
/** How much each quick response adds to the rate, in calls per second. */
const GROWTH_PER_RESPONSE = 1;
/** A service that takes longer to respond is under load, so the rate doesn't grow. Milliseconds. */
const QUICK_RESPONSE_MS = 1_000;
/** Several calls in flight may all get "too many requests", which counts once. Milliseconds. */
const SLOWDOWN_INTERVAL_MS = 1_000;
/** Timers fire some milliseconds late; this much of a delay is caught up on. */
const MAX_BURST_MS = 30;

interface Waiter {
	deadline: number;
	start: () => void;
	stop: () => void;
}

/**
 * Spaces the calls of a run, first come, first served. The rate grows while the service responds quickly and halves
 * when it reports too many calls (additive increase, multiplicative decrease).
 */
export class RateLimiter implements CallRate {
	private perSecond: number;

	/** When the next call may leave. */
	private nextAt = -Infinity;

	private lastSlowdownAt = -Infinity;

	private waiters: Waiter[] = [];

	/** While the loop sleeps: until when, and how to wake it. */
	private sleep?: { until: number; wake: () => void };

	private isDraining = false;

	constructor(
		private readonly clock: Clock,
		private readonly limits: RateLimits,
	) {
		this.perSecond = limits.initialPerSecond;
	}

	async acquire(signal?: AbortSignal, deadline = Infinity): Promise<void> {
		if (signal?.aborted) throw new ExecutionStopped();
		if (this.waiters.length === 0 && this.takeSlot(this.clock.now(), deadline)) return;
		await new Promise<void>((resolve, reject) => {
			const stop = () => {
				this.waiters = this.waiters.filter((other) => other !== waiter);
				if (this.waiters.length === 0) this.sleep?.wake();
				reject(new ExecutionStopped());
			};
			const start = () => {
				signal?.removeEventListener('abort', stop);
				resolve();
			};
			const waiter: Waiter = { deadline, start, stop };
			this.waiters.push(waiter);
			signal?.addEventListener('abort', stop, { once: true });
			if (this.sleep && deadline < this.sleep.until) this.sleep.wake();
			void this.drain();
		});
	}

	report({ tookMs, isBusy }: ResponseFacts): void {
		const now = this.clock.now();
		if (!isBusy) {
			if (tookMs <= QUICK_RESPONSE_MS)
				this.perSecond = Math.min(this.limits.maxPerSecond, this.perSecond + GROWTH_PER_RESPONSE);
		} else if (now - this.lastSlowdownAt >= SLOWDOWN_INTERVAL_MS) {
			this.lastSlowdownAt = now;
			this.perSecond = Math.max(MIN_PER_SECOND, this.perSecond / 2);
		}
	}

	pauseUntil(at: number): void {
		this.nextAt = Math.max(this.nextAt, at);
	}

	private takeSlot(now: number, deadline: number): boolean {
		// A call at its deadline goes at once, without taking a slot.
		if (now < this.nextAt) return now >= deadline;
		this.nextAt = Math.max(this.nextAt, now - MAX_BURST_MS) + 1_000 / this.perSecond;
		return true;
	}

	/** One loop for all waiters: how long each one waits depends on the rate when its turn comes. */
	private async drain(): Promise<void> {
		if (this.isDraining) return;
		this.isDraining = true;
		while (this.waiters.length > 0) {
			const now = this.clock.now();
			const next = this.waiters.find(({ deadline }) => deadline <= now) ?? this.waiters[0];
			if (next && this.takeSlot(now, next.deadline)) {
				this.waiters = this.waiters.filter((other) => other !== next);
				next.start();
				continue;
			}
			const firstDeadline = this.waiters.reduce((first, { deadline }) => Math.min(first, deadline), Infinity);
			const until = Math.min(this.nextAt, firstDeadline);
			const waking = new AbortController();
			this.sleep = { until, wake: () => waking.abort() };
			await this.clock.sleep(until - now, waking.signal).catch(() => {});
			this.sleep = undefined;
		}
		this.isDraining = false;
	}
}
