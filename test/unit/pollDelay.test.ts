import { pollDelayMs } from '../../nodes/RunComfy/request/pollDelay';
import { rememberRunTime, usualRunTime } from '../../nodes/RunComfy/request/runTimes';
import { numbers } from '../support/numbers';

/** Reads before the one that finds the end, and how late that one is, for a request that runs `endMs`. */
function watch(endMs: number, random: () => number, usualMs?: number): { calls: number; lateMs: number } {
	let waitedMs = 0;
	// The first read is made at once where nothing is known of the model.
	let calls = usualMs === undefined ? 1 : 0;
	for (;;) {
		waitedMs += pollDelayMs({ waitedMs, isQueued: false, usualMs }, random());
		if (waitedMs >= endMs) return { calls, lateMs: waitedMs - endMs };
		calls++;
	}
}

describe('the pauses between status reads', () => {
	it.each([
		['a model that nobody knows', 5, false, 7, 0.6],
		['a model that nobody knows', 60, false, 32, 1.4],
		['a model that nobody knows', 600, false, 130, 6],
		['a model that is known', 5, true, 3, 0.5],
		['a model that is known', 60, true, 8, 1],
		['a model that is known', 600, true, 12, 8],
	])('of %s, for runs around %d s', (_what, seconds, isKnown, mostCalls, mostLateSeconds) => {
		const random = numbers(seconds);
		const watches = Array.from({ length: 2_000 }, () => {
			// Known run times are spread by a tenth; of unknown ones each is met at the same moment.
			const endMs = seconds * 1000 * (isKnown ? 0.9 + 0.2 * random() : 1);
			return watch(endMs, random, isKnown ? seconds * 1000 : undefined);
		});
		const mean = watches.reduce((sum, { lateMs }) => sum + lateMs, 0) / watches.length;

		expect(Math.max(...watches.map(({ calls }) => calls))).toBeLessThanOrEqual(mostCalls);
		expect(mean).toBeLessThanOrEqual(mostLateSeconds * 1000);
	});

	it('are longer in the queue', () => {
		for (const waitedMs of [0, 10_000, 100_000]) {
			expect(pollDelayMs({ waitedMs, isQueued: true }, 0.5)).toBeGreaterThan(pollDelayMs({ waitedMs, isQueued: false }, 0.5));
		}
	});

	it('go on when a model takes longer than usual, and end somewhere', () => {
		expect(pollDelayMs({ waitedMs: 20_000, isQueued: false, usualMs: 5_000 }, 0.5)).toBeLessThan(5_000);
		expect(pollDelayMs({ waitedMs: 1e9, isQueued: true }, 1)).toBe(30_000);
	});
});

describe('usual run times', () => {
	it('are the middle of the last ones, for an account and a model', () => {
		for (const ms of [100_000, 10_000, 11_000, 12_000, 10_500, 11_500, 10_200, 11_800, 10_100]) rememberRunTime('a', 'm', ms);
		expect(usualRunTime('a', 'm')).toBe(11_000);
		expect(usualRunTime('a', 'other')).toBeUndefined();
		expect(usualRunTime('b', 'm')).toBeUndefined();
	});

	it('are unknown when they differ too much', () => {
		rememberRunTime('c', 'm', 10_000);
		rememberRunTime('c', 'm', 20_000);
		expect(usualRunTime('c', 'm')).toBeUndefined();
	});
});
