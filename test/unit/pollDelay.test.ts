import { pollDelayMs } from '../../nodes/RunComfy/jobs/pollDelay';
import { rememberRunTime, usualRunTime } from '../../nodes/RunComfy/jobs/runTimes';
import { numbers } from '../support/numbers';
import { simulateWaits, type WaitFigures } from '../support/simulatedWaits';

const WAITS = 400;

describe('the pauses between status reads', () => {
	it.each([
		['a model that nobody knows', 5, false, 7, 0.6],
		['a model that nobody knows', 60, false, 32, 1.4],
		['a model that nobody knows', 600, false, 130, 6],
		['a model that is known', 5, true, 4, 0.5],
		['a model that is known', 60, true, 9, 1],
		['a model that is known', 600, true, 13, 8],
	])('of %s, for runs around %d s', async (_what, seconds, isKnown, mostCalls, mostLateSeconds) => {
		const random = numbers(seconds);
		const usualMs = isKnown ? seconds * 1000 : undefined;
		const figures: WaitFigures[] = [];
		for (let wait = 0; wait < WAITS; wait++) {
			// Known run times are spread by a tenth; of unknown ones each is met at the same moment.
			const runMs = seconds * 1000 * (isKnown ? 0.9 + 0.2 * random() : 1);
			figures.push(...(await simulateWaits([{ runMs, usualMs }], undefined, random)).waits);
		}
		const mean = figures.reduce((sum, { lateMs }) => sum + lateMs, 0) / WAITS;

		expect(Math.max(...figures.map(({ calls }) => calls))).toBeLessThanOrEqual(mostCalls);
		expect(mean).toBeLessThanOrEqual(mostLateSeconds * 1000);
	});

	it('are longer in the queue', () => {
		for (const waitedMs of [0, 10_000, 100_000]) {
			expect(pollDelayMs({ waitedMs, isQueued: true }, 0.5)).toBeGreaterThan(
				pollDelayMs({ waitedMs, isQueued: false }, 0.5),
			);
		}
	});

	it('continue when a model takes longer than usual, up to a maximum', () => {
		expect(pollDelayMs({ waitedMs: 20_000, isQueued: false, usualMs: 5_000 }, 0.5)).toBeLessThan(5_000);
		expect(pollDelayMs({ waitedMs: 1e9, isQueued: true }, 1)).toBe(30_000);
	});
});

describe('usual run times', () => {
	it('are the middle of the last ones, for an account and a model', () => {
		for (const ms of [100_000, 10_000, 11_000, 12_000, 10_500, 11_500, 10_200, 11_800, 10_100])
			rememberRunTime('a', 'm', ms);
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
