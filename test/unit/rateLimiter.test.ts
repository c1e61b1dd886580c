import { RateLimiter } from '../../nodes/RunComfy/execution/rateLimiter';
import { SimulatedClock } from '../support/simulatedClock';

const LIMITS = { initialPerSecond: 25, maxPerSecond: 100 };
const QUICK = { tookMs: 20, isBusy: false };
const BUSY = { tookMs: 20, isBusy: true };

/** The moments at which calls may leave, in milliseconds. */
async function departures(
	count: number,
	onCall: (limiter: RateLimiter, index: number) => void = () => {},
): Promise<number[]> {
	const clock = new SimulatedClock();
	const limiter = new RateLimiter(clock, LIMITS);
	const startedAt = clock.now();
	const call = async (_: unknown, index: number) => {
		await limiter.acquire();
		onCall(limiter, index);
		return clock.now() - startedAt;
	};
	return await clock.run(Promise.all(Array.from({ length: count }, call)));
}

const inSecondFrom = (times: number[], from: number) => times.filter((at) => at >= from && at < from + 1_000).length;

describe('the rate of calls', () => {
	it('starts at the initial one, and keeps the order', async () => {
		const times = await departures(60);

		expect(times).toEqual([...times].sort((a, b) => a - b));
		expect(inSecondFrom(times, 0)).toBeLessThanOrEqual(27);
		expect(inSecondFrom(times, 1_000)).toBeLessThanOrEqual(26);
	});

	it('grows while responses are quick, up to the maximum', async () => {
		const times = await departures(600, (limiter) => limiter.report(QUICK));

		expect(inSecondFrom(times, 0)).toBeGreaterThan(30);
		expect(Math.max(...times.map((from) => inSecondFrom(times, from)))).toBeLessThanOrEqual(104);
		expect(times.at(-1)).toBeLessThan(8_000);
	});

	it('does not grow while responses are slow', async () => {
		const times = await departures(100, (limiter) => limiter.report({ tookMs: 5_000, isBusy: false }));

		expect(times.at(-1)).toBeGreaterThan(3_700);
	});

	it('halves when the service is busy, once for all calls that were on their way together', async () => {
		const times = await departures(40, (limiter, index) => {
			if (index < 5) limiter.report(BUSY);
		});

		const spacing = times[20]! - times[19]!;
		expect(spacing).toBe(80);
	});

	it('pauses for all, but not beyond a deadline', async () => {
		const clock = new SimulatedClock();
		const limiter = new RateLimiter(clock, LIMITS);
		const startedAt = clock.now();
		limiter.pauseUntil(startedAt + 10_000);
		const leftAt = async (deadline?: number) => {
			await limiter.acquire(undefined, deadline);
			return clock.now() - startedAt;
		};

		expect(await clock.run(Promise.all([leftAt(), leftAt(startedAt + 3_000)]))).toEqual([10_000, 3_000]);
	});

	it('lets go of those who are stopped, and leaves no timer', async () => {
		const clock = new SimulatedClock();
		const limiter = new RateLimiter(clock, LIMITS);
		limiter.pauseUntil(clock.now() + 10_000);
		const stop = new AbortController();
		const waiting = [limiter.acquire(stop.signal), limiter.acquire(stop.signal)];
		await new Promise((resolve) => setImmediate(resolve));
		stop.abort();

		expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		await new Promise((resolve) => setImmediate(resolve));
		expect(clock.sleeping).toBe(0);
	});
});
