import { sleep } from 'n8n-workflow';

import { ExecutionStopped } from './failure';

/** Time, replaceable in tests. */
export interface Clock {
	/** Milliseconds of a monotonic clock, for waits and deadlines: only differences are meaningful. */
	now(): number;
	/** Milliseconds since 1970, for display and for what outlives the process. The system may set it back or forward. */
	date(): number;
	/**
	 * Waits.
	 *
	 * @param ms milliseconds
	 * @throws ExecutionStopped at once when `signal` fires
	 */
	sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
	now: () => performance.now(),
	date: () => Date.now(),
	sleep: async (ms, signal) => {
		// Timers count whole milliseconds: a fraction would end too early.
		const wholeMs = Math.max(1, Math.ceil(ms));
		if (signal === undefined) return await sleep(wholeMs);
		if (signal.aborted) throw new ExecutionStopped();
		let stop = () => {};
		const stopped = new Promise<void>((resolve) => {
			stop = resolve;
		});
		signal.addEventListener('abort', stop, { once: true });
		try {
			// n8n-workflow 2.x ends the sleep by its signal, 1.x has no signal: the race works with both.
			await Promise.race([sleep(wholeMs, signal).catch(() => {}), stopped]);
		} finally {
			signal.removeEventListener('abort', stop);
		}
		if (signal.aborted) throw new ExecutionStopped();
	},
};
