import { ByteLimiter } from '../../nodes/RunComfy/execution/byteLimiter';
import { ExecutionStopped } from '../../nodes/RunComfy/shared/failure';

const settle = async () => await new Promise((resolve) => setImmediate(resolve));

/** Whether a turn has come. */
function watched(turn: Promise<unknown>): { hasCome: boolean } {
	const state = { hasCome: false };
	turn.then(
		() => (state.hasCome = true),
		() => {},
	);
	return state;
}

describe('the bytes of bodies in memory', () => {
	it('are let in as far as there is room, in the order of their coming', async () => {
		const limiter = new ByteLimiter(10);
		const free = await limiter.acquire(8);
		const [large, small] = [limiter.acquire(5), limiter.acquire(1)].map(watched);
		await settle();
		expect([large, small]).toEqual([{ hasCome: false }, { hasCome: false }]);
		free();
		await settle();
		expect([large, small]).toEqual([{ hasCome: true }, { hasCome: true }]);
	});

	it('of a body that is larger than all room are let in alone', async () => {
		const limiter = new ByteLimiter(10);
		const free = await limiter.acquire(50);
		const next = watched(limiter.acquire(1));
		await settle();
		expect(next.hasCome).toBe(false);
		free();
		await settle();
		expect(next.hasCome).toBe(true);
	});

	it('are given back once, however often that is said', async () => {
		const limiter = new ByteLimiter(10);
		const free = await limiter.acquire(6);
		await limiter.acquire(4);
		free();
		free();
		await limiter.acquire(6);
		const tooMuch = watched(limiter.acquire(1));
		await settle();
		expect(tooMuch.hasCome).toBe(false);
	});

	it('are not waited for after Stop, and whoever is next moves up', async () => {
		const limiter = new ByteLimiter(10);
		const stop = new AbortController();
		const free = await limiter.acquire(9);
		const large = limiter.acquire(9, stop.signal);
		const small = watched(limiter.acquire(1));
		stop.abort();
		await expect(large).rejects.toThrow(ExecutionStopped);
		await settle();
		expect(small.hasCome).toBe(true);
		await expect(limiter.acquire(1, stop.signal)).rejects.toThrow(ExecutionStopped);
		free();
	});
});
