import { RateLimiter } from '../../nodes/RunComfy/execution/rateLimiter';
import { Poller } from '../../nodes/RunComfy/jobs/poller';
import { SimulatedClock } from '../support/simulatedClock';
import { simulateWaits } from '../support/simulatedWaits';

/** Something that ends after a number of looks, and remembers when it was looked at. */
function ending(clock: SimulatedClock, pauses: number[]) {
	const startedAt = clock.now();
	const polledAt: number[] = [];
	const poll = async () => {
		polledAt.push(clock.now() - startedAt);
		return polledAt.length > pauses.length ? [polledAt] : [];
	};
	return { poll, pauseMs: () => (polledAt.length === 0 ? 0 : (pauses[polledAt.length - 1] ?? 0)) };
}

const pollerOf = (clock: SimulatedClock, perSecond = Infinity) =>
	new Poller(clock, new RateLimiter(clock, { initialPerSecond: perSecond, maxPerSecond: perSecond }));

describe('the poller', () => {
	it('watches many with one timer, each by its own pauses', async () => {
		const clock = new SimulatedClock();
		const poller = pollerOf(clock);
		const slow = poller.watch(ending(clock, [1_000, 5_000]));
		const quick = poller.watch(ending(clock, [300, 300, 300]));

		await new Promise((resolve) => setImmediate(resolve));
		expect(clock.sleeping).toBe(1);
		expect(await clock.run(Promise.all([slow, quick]))).toEqual([
			[0, 1_000, 6_000],
			[0, 300, 600, 900],
		]);
		expect(clock.sleeping).toBe(0);
	});

	it('wakes up earlier for one that joins later', async () => {
		const clock = new SimulatedClock();
		const poller = pollerOf(clock);
		const first = poller.watch(ending(clock, [60_000]));
		await clock.run(clock.sleep(10));
		const second = poller.watch(ending(clock, [20]));

		expect(await clock.run(second)).toEqual([0, 20]);
		expect(await clock.run(first)).toEqual([0, 60_000]);
	});

	it('passes on what a poll throws, and continues with the others', async () => {
		const clock = new SimulatedClock();
		const poller = pollerOf(clock);
		const broken = poller.watch({ pauseMs: () => 5, poll: async () => await Promise.reject(new Error('broken')) });
		const other = poller.watch(ending(clock, [10]));
		const outcome = await clock.run(Promise.allSettled([broken, other]));

		expect(outcome).toMatchObject([{ reason: { message: 'broken' } }, { value: [0, 10] }]);
	});

	it('polls the one due for longest first when the rate limits it', async () => {
		const clock = new SimulatedClock();
		const poller = pollerOf(clock, 10);
		const order: string[] = [];
		const once = (name: string, pauseMs: number) => ({
			pauseMs: () => pauseMs,
			poll: async () => [order.push(name)],
		});
		await clock.run(
			Promise.all([
				poller.watch(once('first', 0)),
				poller.watch(once('last', 30)),
				poller.watch(once('second', 10)),
			]),
		);

		expect(order).toEqual(['first', 'second', 'last']);
	});

	it('polls at a deadline, even if the service asked for a pause', async () => {
		const clock = new SimulatedClock();
		const startedAt = clock.now();
		const limiter = new RateLimiter(clock, { initialPerSecond: 10, maxPerSecond: 10 });
		const poller = new Poller(clock, limiter);
		limiter.pauseUntil(startedAt + 30_000);
		const at = (deadline?: number) => ({ pauseMs: () => 0, deadline, poll: async () => [clock.now() - startedAt] });

		expect(await clock.run(Promise.all([poller.watch(at(startedAt + 3_000)), poller.watch(at())]))).toEqual([
			3_000, 30_000,
		]);
	});

	it('polls sooner when a run time becomes known, and never later', async () => {
		const clock = new SimulatedClock();
		const poller = pollerOf(clock);
		let pauseMs = 60_000;
		const startedAt = clock.now();
		const watch = poller.watch({ pauseMs: () => pauseMs, poll: async () => [clock.now() - startedAt] });
		await clock.run(clock.sleep(10));
		pauseMs = 300;
		poller.replan();
		pauseMs = 90_000;
		poller.replan();

		expect(await clock.run(watch)).toBe(310);
	});

	it('ends all waiting at once, and leaves no timer', async () => {
		const clock = new SimulatedClock();
		const poller = pollerOf(clock);
		const waits = [poller.watch(ending(clock, [60_000])), poller.watch(ending(clock, [30_000]))];
		await clock.run(clock.sleep(10));
		const settled = Promise.allSettled(waits);
		poller.stop();

		expect(await settled).toMatchObject([
			{ reason: { name: 'ExecutionStopped' } },
			{ reason: { name: 'ExecutionStopped' } },
		]);
		expect(clock.sleeping).toBe(0);
		await expect(poller.watch(ending(clock, []))).rejects.toThrow('stopped');
	});
});

describe('the waits of a node run', () => {
	it('send no more status reads a second than the service has shown to stand, however many they are', async () => {
		const { readsAt } = await simulateWaits(Array.from({ length: 400 }, () => ({ runMs: 20_000 })));
		const inSecondFrom = (from: number) => readsAt.filter((at) => at >= from && at < from + 1_000).length;

		expect(inSecondFrom(0)).toBeLessThanOrEqual(50);
		expect(Math.max(...readsAt.map(inSecondFrom))).toBeLessThanOrEqual(100);
	});

	it('do not read after the end, and end with the last deadline', async () => {
		await expect(simulateWaits([{ runMs: 60_000 }], 59)).rejects.toThrow('The time was up');
		expect((await simulateWaits([{ runMs: 60_000 }], 61)).readsAt.at(-1)).toBeLessThanOrEqual(61_000);
	});
});
