/** How far the controlled clock moves in one turn of the event loop, in milliseconds. */
const STEP_MS = 250;

/**
 * Puts the clock of the process into the test's hands: while `work` runs, it goes some hundred times as fast, for timers
 * and for `Date`. Real HTTP goes on beside it, because sockets do not ask this clock; the steps are small against the
 * time limits of calls, so that a call on loopback is over long before its limit.
 *
 * @returns what `work` returns, and how many milliseconds have passed by the controlled clock
 */
export async function onFastClock<T>(work: () => Promise<T>): Promise<{ value: T; elapsedMs: number }> {
	const realSetTimeout = setTimeout;
	jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'hrtime'] });
	const startedAt = Date.now();
	try {
		let done = false;
		const pending = work().finally(() => {
			done = true;
		});
		while (!done) {
			await new Promise((resolve) => realSetTimeout(resolve, 1));
			if (!done) jest.advanceTimersByTime(STEP_MS);
		}
		return { value: await pending, elapsedMs: Date.now() - startedAt };
	} finally {
		jest.useRealTimers();
	}
}
