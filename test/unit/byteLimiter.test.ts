import { ByteLimiter } from '../../nodes/RunComfy/execution/byteLimiter';

const MB = 1024 * 1024;

describe('ByteLimiter', () => {
	it('lets as many in as fit together, in the order of their coming', async () => {
		const limiter = new ByteLimiter(10 * MB);
		const order: string[] = [];
		const enter = async (name: string, bytes: number) => {
			const free = await limiter.acquire(bytes);
			order.push(name);
			return free;
		};
		const first = await enter('a', 6 * MB);
		const second = enter('b', 6 * MB);
		const third = enter('c', 2 * MB);
		await Promise.resolve();
		expect(order).toEqual(['a']);
		first();
		(await second)();
		(await third)();
		expect(order).toEqual(['a', 'b', 'c']);
	});

	it('lets in what is larger than all when it is alone', async () => {
		const limiter = new ByteLimiter(10 * MB);
		(await limiter.acquire(64 * MB))();
		(await limiter.acquire(64 * MB))();
	});

	it('holds up nothing small', async () => {
		const limiter = new ByteLimiter(10 * MB);
		await limiter.acquire(10 * MB);
		void limiter.acquire(10 * MB);
		(await limiter.acquire(1_000))();
	});

	it('drops one that is stopped, and continues with the next', async () => {
		const limiter = new ByteLimiter(10 * MB);
		const free = await limiter.acquire(10 * MB);
		const stop = new AbortController();
		const stopped = limiter.acquire(8 * MB, stop.signal);
		const next = limiter.acquire(8 * MB);
		stop.abort();
		await expect(stopped).rejects.toThrow('stopped');
		free();
		(await next)();
	});

	it('gives bytes back once', async () => {
		const limiter = new ByteLimiter(10 * MB);
		const free = await limiter.acquire(10 * MB);
		free();
		free();
		await limiter.acquire(10 * MB);
		let isIn = false;
		void limiter.acquire(10 * MB).then(() => (isIn = true));
		await Promise.resolve();
		expect(isIn).toBe(false);
	});
});
