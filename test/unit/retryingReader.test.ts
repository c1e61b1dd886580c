import { retryingReader } from '../../nodes/RunComfy/model/retryingReader';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('a patient reader', () => {
	/** Reads that take so long, with these outcomes one after another. */
	function readsOf(outcomes: boolean[], tookMs = 0) {
		const repeats: Array<number | undefined> = [];
		const reader = retryingReader(async (maxRepeats) => {
			const isGood = outcomes[repeats.push(maxRepeats) - 1] ?? true;
			if (tookMs > 0) jest.advanceTimersByTime(tookMs);
			return isGood ? await Promise.resolve('good') : await Promise.reject(new Error('bad'));
		});
		return { repeats, ask: async () => await reader().catch(() => 'bad') };
	}

	it('reads once for all that ask', async () => {
		const { repeats, ask } = readsOf([true]);
		expect(await Promise.all([ask(), ask(), ask()])).toEqual(['good', 'good', 'good']);
		jest.advanceTimersByTime(3_600_000);
		expect(await ask()).toBe('good');
		expect(repeats).toEqual([undefined]);
	});

	it('reads once more for all callers before they get a failure', async () => {
		const { repeats, ask } = readsOf([false, true]);
		expect(await Promise.all([ask(), ask(), ask()])).toEqual(['good', 'good', 'good']);
		expect(repeats).toEqual([undefined, 0]);
	});

	it('asks once a second in an outage', async () => {
		const { repeats, ask } = readsOf([false, false, false, true]);
		for (let asked = 0; asked < 1_000; asked++) await ask();
		expect(repeats).toHaveLength(2);
		jest.advanceTimersByTime(1_000);
		for (let asked = 0; asked < 1_000; asked++) await ask();
		expect(repeats).toHaveLength(3);
		jest.advanceTimersByTime(1_000);
		expect(await ask()).toBe('good');
	});

	it('asks more rarely where each try takes long', async () => {
		const { repeats, ask } = readsOf([false, false, true], 30_000);
		await ask();
		await ask();
		jest.advanceTimersByTime(299_000);
		expect(await ask()).toBe('bad');
		jest.advanceTimersByTime(1_000);
		expect(await ask()).toBe('good');
		expect(repeats).toHaveLength(3);
	});

	it('knows failures that are not thrown', async () => {
		const values = ['none', 'found'];
		const reader = retryingReader(
			async () => await Promise.resolve(values.shift()),
			(value) => value === 'none',
		);
		expect([await reader(), await reader(), await reader()]).toEqual(['found', 'found', 'found']);
	});
});
