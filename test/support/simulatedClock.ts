import { ExecutionStopped } from '../../nodes/RunComfy/shared/failure';
import type { Clock } from '../../nodes/RunComfy/shared/clock';

/** Far more than any work of a test takes; whoever sleeps and wakes without end is found out by it. */
const MAX_SLEEPS = 1_000_000;

interface Sleeper {
	at: number;
	wake: () => void;
}

/** A clock that jumps from one sleeper to the next, so that hours pass in no time. */
export class SimulatedClock implements Clock {
	private time: number;

	private sleepers: Sleeper[] = [];

	constructor(start = 1_800_000_000_000) {
		this.time = start;
	}

	now = () => this.time;

	date = () => this.time;

	/** How many sleeps go on. */
	get sleeping(): number {
		return this.sleepers.length;
	}

	async sleep(ms: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted) throw new ExecutionStopped();
		await new Promise<void>((resolve, reject) => {
			const stop = () => {
				this.sleepers = this.sleepers.filter((other) => other !== sleeper);
				reject(new ExecutionStopped());
			};
			const wake = () => {
				signal?.removeEventListener('abort', stop);
				resolve();
			};
			const sleeper = { at: this.time + ms, wake };
			this.sleepers.push(sleeper);
			signal?.addEventListener('abort', stop, { once: true });
		});
	}

	/** Lets time pass until the work is done. @throws Error when nothing sleeps and the work goes on, or it sleeps without end */
	async run<T>(work: Promise<T>): Promise<T> {
		let done = false;
		const watched = work.finally(() => {
			done = true;
		});
		watched.catch(() => {});
		for (let sleeps = 0; sleeps < MAX_SLEEPS; sleeps++) {
			await new Promise((resolve) => setImmediate(resolve));
			if (done) return await watched;
			const next = this.sleepers.reduce<Sleeper | undefined>(
				(first, other) => (first && first.at <= other.at ? first : other),
				undefined,
			);
			if (next === undefined) throw new Error('Nothing sleeps, and the work goes on');
			this.sleepers = this.sleepers.filter((other) => other !== next);
			this.time = Math.max(this.time, next.at);
			next.wake();
		}
		throw new Error(`The work is not done after ${MAX_SLEEPS} sleeps`);
	}
}
