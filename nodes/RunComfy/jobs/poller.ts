import type { Clock } from '../shared/clock';
import { ExecutionStopped } from '../shared/failure';
import type { CallRate } from '../transport/apiTransport';

/** Something that is polled until it has ended. */
export interface Pollable<T> {
	/** How long to pause before the next poll, as things stand. Milliseconds. */
	pauseMs(): number;
	/** By the clock's `now`: a poll at this moment doesn't wait for a slot. */
	readonly deadline?: number;
	/** @returns how it ended, in a list of one; an empty list while it is still running */
	poll(): Promise<T[]>;
}

interface Entry {
	/** When to poll, by the clock's `now`. */
	at: number;
	deadline: number;
	pauseMs: () => number;
	poll: () => Promise<void>;
	stop: () => void;
}

/**
 * Polls all requests of a node run with one timer. When more are due than the rate allows, the one that has been due
 * for longest goes first.
 */
export class Poller {
	private readonly waiting = new Set<Entry>();

	private readonly stopping = new AbortController();

	private isRunning = false;

	/** While it sleeps: until when, and how to wake it. */
	private alarm?: { at: number; wake: () => void };

	constructor(
		private readonly clock: Clock,
		private readonly rate: CallRate,
	) {}

	/**
	 * Polls until it has ended. Several are polled in parallel.
	 *
	 * @throws what a poll throws
	 * @throws ExecutionStopped at once after `stop`
	 */
	async watch<T>(pollable: Pollable<T>): Promise<T> {
		return await new Promise<T>((resolve, reject) => {
			const poll = async () => {
				const [outcome] = await pollable.poll();
				if (outcome !== undefined) resolve(outcome);
				else this.plan(entry);
			};
			const entry: Entry = {
				at: 0,
				deadline: pollable.deadline ?? Infinity,
				pauseMs: () => pollable.pauseMs(),
				poll: async () => await poll().catch(reject),
				stop: () => reject(new ExecutionStopped()),
			};
			this.plan(entry);
		});
	}

	/** A run time became known, so some polls may be due sooner than planned. */
	replan(): void {
		const now = this.clock.now();
		for (const entry of this.waiting) entry.at = Math.min(entry.at, now + entry.pauseMs());
		this.alarm?.wake();
	}

	/** Ends all waiting. Polls in progress end by their own signal. */
	stop(): void {
		this.stopping.abort();
		this.alarm?.wake();
		for (const entry of this.waiting) entry.stop();
		this.waiting.clear();
	}

	private plan(entry: Entry): void {
		if (this.stopping.signal.aborted) {
			entry.stop();
			return;
		}
		entry.at = this.clock.now() + entry.pauseMs();
		this.waiting.add(entry);
		if (!this.isRunning) void this.run();
		else if (this.alarm && this.alarm.at > entry.at) this.alarm.wake();
	}

	private async run(): Promise<void> {
		this.isRunning = true;
		for (let next = this.nextDue(); next !== undefined; next = this.nextDue()) {
			if (next.at > this.clock.now()) await this.sleepUntil(next.at);
			else await this.pollNext();
		}
		this.isRunning = false;
	}

	private async pollNext(): Promise<void> {
		const firstDeadline = [...this.waiting].reduce((first, { deadline }) => Math.min(first, deadline), Infinity);
		await this.rate.acquire(this.stopping.signal, firstDeadline).catch(() => {});
		// Another one may be due earlier by now, or all may have been stopped.
		const entry = this.nextDue();
		if (entry === undefined) return;
		this.waiting.delete(entry);
		void entry.poll();
	}

	private nextDue(): Entry | undefined {
		let first: Entry | undefined;
		for (const entry of this.waiting) if (first === undefined || entry.at < first.at) first = entry;
		return first;
	}

	private async sleepUntil(at: number): Promise<void> {
		const controller = new AbortController();
		this.alarm = { at, wake: () => controller.abort() };
		await this.clock.sleep(at - this.clock.now(), controller.signal).catch(() => {});
		this.alarm = undefined;
	}
}
