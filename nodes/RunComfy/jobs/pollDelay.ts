/** What a watch knows when it plans its next read. All times in milliseconds. */
export interface PollState {
	/** Since the request was accepted, or since it was last seen in the queue. */
	waitedMs: number;
	isQueued: boolean;
	/** The usual run time, if known. */
	usualMs?: number;
	/** Whether the request hasn't been read yet. */
	isFirst?: boolean;
}

/** A short run is read once a second; from 5 to 15 seconds the pause grows, to suit runs of about a minute. */
const SHORT_RUN_MS = 5_000;
const SHORT_DELAY_MS = 1_000;
const MIDDLE_RUN_MS = 15_000;
const MIDDLE_DELAY_MS = 2_540;
/** From here on the pause grows with the run: ten seconds are little in ten minutes. */
const LONG_RUN_MS = 60_000;
const MAX_DELAY_MS = 30_000;
/** One extra read finds a request that fails right after its start, if the next read would come later. */
const EARLY_READ_MS = 2_500;
const MIN_GAIN_MS = 1_000;

const QUEUE_FACTOR = 2;
/** How much the run times of a target typically differ from one request to the next. */
const SPREAD = 0.1;

/**
 * How long to pause before the next status read.
 *
 * @param random a number from 0 to 1, so that many requests aren't read in step
 * @returns milliseconds, at least one
 */
export function pollDelayMs(state: PollState, random: number): number {
	const { waitedMs, isQueued, usualMs, isFirst = false } = state;
	const isWarm = usualMs !== undefined && !isQueued && waitedMs < usualMs * (1 + SPREAD);
	const planned = isWarm
		? warmDelayMs(waitedMs, usualMs, isFirst)
		: coldDelayMs(waitedMs) * (isQueued ? QUEUE_FACTOR : 1);
	// A read just before the likely end is wasted, so the jitter only adds. When the end is unknown, uneven pauses keep
	// runs of a round length from being found late every time.
	const jitter = isWarm ? 1 + random * 0.02 : 0.85 + random * 0.3;
	return Math.max(1, Math.min(isWarm ? Infinity : MAX_DELAY_MS, planned * jitter));
}

/** The usual run time is unknown. */
function coldDelayMs(waitedMs: number): number {
	if (waitedMs <= SHORT_RUN_MS) return SHORT_DELAY_MS;
	if (waitedMs >= LONG_RUN_MS) return MIDDLE_DELAY_MS * (waitedMs / LONG_RUN_MS) ** 0.6;
	const share = (waitedMs - SHORT_RUN_MS) / (MIDDLE_RUN_MS - SHORT_RUN_MS);
	return SHORT_DELAY_MS + Math.min(1, share) * (MIDDLE_DELAY_MS - SHORT_DELAY_MS);
}

/** The end is expected around the usual time: early reads catch failures, then close reads cover the likely end. */
function warmDelayMs(waitedMs: number, usualMs: number, isFirst: boolean): number {
	const from = usualMs * (1 - SPREAD);
	if (isFirst && waitedMs < EARLY_READ_MS && from > EARLY_READ_MS + MIN_GAIN_MS) return EARLY_READ_MS - waitedMs;
	if (waitedMs < from) {
		const early = from * 0.4;
		return usualMs > 20_000 && waitedMs < early ? early - waitedMs : from - waitedMs;
	}
	const reads = Math.max(2, Math.round(3 + 3.5 * Math.log10(usualMs / 5_000)));
	return (usualMs * SPREAD * 2) / reads;
}
