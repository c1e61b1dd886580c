import type { Clock } from '../shared/clock';
import { ExecutionStopped } from '../shared/failure';

/** What a look at a request found: how it ended, or after how many milliseconds to look again. */
export type Look<T> = { outcome: T } | { pauseMs: number };

/** Something that is looked at until it has ended. */
export interface Watched<T> {
	/** Milliseconds until the first look. */
	firstPauseMs: number;
	look(): Promise<Look<T>>;
}

interface Entry {
	/** When to look, in milliseconds since 1970. */
	at: number;
	look: () => Promise<void>;
	stop: () => void;
}

/** Watches all requests of a node run, with one timer for all of them. */
export class Poller {
	private readonly waiting = new Set<Entry>();

	/** The timer that is set, and when it goes off. */
	private alarm?: { at: number; off: () => void };

	private isStopped = false;

	constructor(private readonly clock: Clock) {}

	/**
	 * Looks until the watched has ended. Looks of several go on side by side.
	 *
	 * @throws what a look throws
	 * @throws ExecutionStopped at once after `stop`
	 */
	async watch<T>(watched: Watched<T>): Promise<T> {
		return await new Promise<T>((resolve, reject) => {
			const look = async () => {
				const seen = await watched.look();
				if ('outcome' in seen) resolve(seen.outcome);
				else this.plan({ ...entry, at: this.clock.now() + seen.pauseMs });
			};
			const entry: Entry = {
				at: this.clock.now() + watched.firstPauseMs,
				look: async () => await look().catch(reject),
				stop: () => reject(new ExecutionStopped()),
			};
			this.plan(entry);
		});
	}

	/** Ends all waiting; looks that are under way end by their own signal. */
	stop(): void {
		this.isStopped = true;
		this.alarm?.off();
		for (const entry of this.waiting) entry.stop();
		this.waiting.clear();
	}

	private plan(entry: Entry): void {
		if (this.isStopped) {
			entry.stop();
			return;
		}
		this.waiting.add(entry);
		this.setAlarm();
	}

	private setAlarm(): void {
		if (this.waiting.size === 0) return;
		let at = Infinity;
		for (const entry of this.waiting) at = Math.min(at, entry.at);
		if (this.alarm && this.alarm.at <= at) return;
		this.alarm?.off();
		const controller = new AbortController();
		const alarm = { at, off: () => controller.abort() };
		this.alarm = alarm;
		this.clock.sleep(Math.max(0, at - this.clock.now()), controller.signal).then(
			() => {
				this.alarm = undefined;
				this.lookAtDue();
			},
			() => {},
		);
	}

	private lookAtDue(): void {
		const now = this.clock.now();
		const due = [...this.waiting].filter(({ at }) => at <= now).sort((a, b) => a.at - b.at);
		for (const entry of due) {
			this.waiting.delete(entry);
			void entry.look();
		}
		this.setAlarm();
	}
}
