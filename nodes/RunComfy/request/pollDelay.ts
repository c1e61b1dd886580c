const FIRST_DELAY_MS = 700;
const LONGEST_DELAY_MS = 10_000;
/** A part of the time already waited: a long run is asked seldom, and still noticed soon by its own measure. */
const SHARE_OF_WAITED = 0.03;

/**
 * How long to pause before the next status read.
 *
 * @param waitedMs milliseconds since the wait began
 * @param leftMs milliseconds until the deadline, which is never overslept
 * @returns milliseconds
 */
export function pollDelayMs(waitedMs: number, leftMs: number): number {
	const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS + waitedMs * SHARE_OF_WAITED);
	return Math.max(0, Math.min(delay, leftMs));
}
