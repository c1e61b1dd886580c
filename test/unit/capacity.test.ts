import { Capacity } from '../../nodes/RunComfyDurable/capacity';

const pendingOf = (acquired: Promise<boolean>) => Promise.race([acquired, Promise.resolve('waits')]);
/** Lets a promise settle that nothing holds up. */
const settled = async () => await new Promise((resolve) => setImmediate(resolve));

describe('the capacity of a round', () => {
	it('gives a place that becomes free to the next one', async () => {
		const capacity = new Capacity(1, 0, () => true);
		expect(await capacity.acquire()).toBe(true);
		const next = capacity.acquire();
		await settled();
		expect(await pendingOf(next)).toBe('waits');
		capacity.release();
		expect(await next).toBe(true);
	});

	it('counts requests of earlier rounds', async () => {
		const capacity = new Capacity(2, 1, () => true);
		expect(await capacity.acquire()).toBe(true);
		const next = capacity.acquire();
		capacity.keep();
		await settled();
		expect(await pendingOf(next)).toBe('waits');
		capacity.keep();
		expect(await next).toBe(false);
	});

	it('lets nobody wait where nothing can become free', async () => {
		const capacity = new Capacity(1, 1, () => true);
		capacity.keep();
		expect(await capacity.acquire()).toBe(false);
	});

	it('gives only what was free at the beginning, when the time is over', async () => {
		const capacity = new Capacity(1, 0, () => false);
		expect(await capacity.acquire()).toBe(true);
		capacity.release();
		expect(await capacity.acquire()).toBe(false);
	});
});
