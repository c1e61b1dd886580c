import { Readable } from 'node:stream';

import { mediaProber } from '../../nodes/RunComfy/media/mediaProber';
import { ExecutionStopped } from '../../nodes/RunComfy/shared/failure';
import { INPUT_IMAGE, readMedia } from '../simulator/media';

const picture = readMedia(INPUT_IMAGE).bytes;
const FACTS = { bytes: picture.length, mimeType: 'image/jpeg', width: 1280, height: 720 };

/** A clock whose sleeps end when a test says so, or when their signal fires. */
function heldClock() {
	const sleeps: Array<{ ms: number; end: () => void }> = [];
	const sleep = async (ms: number, signal?: AbortSignal) =>
		await new Promise<void>((end, fail) => {
			if (ms === 0) return end();
			sleeps.push({ ms, end });
			signal?.addEventListener('abort', () => fail(new ExecutionStopped()), { once: true });
		});
	return { sleeps, clock: { now: () => 0, date: () => 0, sleep } };
}

type Answer = { statusCode?: number; headers?: Record<string, string>; body?: Readable };

/** A looker whose calls are answered by a function. */
function bench(answer: (url: string, range: string) => Answer | Promise<Answer> = () => ({}), signal?: AbortSignal) {
	const calls: string[] = [];
	const httpRequest = async ({ url, headers }: { url: string; headers: { Range: string } }) => {
		calls.push(url);
		const own = { 'content-length': String(picture.length) };
		return { statusCode: 200, headers: own, body: Readable.from([picture]), ...(await answer(url, headers.Range)) };
	};
	const { sleeps, clock } = heldClock();
	const look = mediaProber({
		context: { helpers: { httpRequest } } as never,
		clock,
		modelApiUrl: 'https://api.test',
		signal,
	});
	return { calls, sleeps, look };
}

const settle = async () => await new Promise((resolve) => setImmediate(resolve));
const never = async () => await new Promise<Answer>(() => {});

describe('the prober of a run', () => {
	it('probes a URL once, however many items need it', async () => {
		const { calls, look } = bench();
		const seen = await Promise.all(
			[false, true, false, true].map(async (needsDimensions) => await look('https://a.com/1', needsDimensions)),
		);

		expect(seen).toEqual(Array(4).fill({ kind: 'inspected', facts: FACTS }));
		expect(calls).toHaveLength(1);
	});

	it('asks again where the sides are wanted, and did not stand in what was read', async () => {
		const whole = Buffer.concat([
			picture.subarray(0, 2),
			Buffer.from([0xff, 0xe2, 0xff, 0xff]),
			Buffer.alloc(65_533),
			picture.subarray(2),
		]);
		const { calls, look } = bench((_url, range) => ({
			statusCode: 206,
			headers: { 'content-range': `${range.replace('=', ' ')}/${whole.length}` },
			body: Readable.from([whole.subarray(0, Number(range.split('-')[1]) + 1)]),
		}));
		expect(await look('https://a.com/1', false)).toEqual({
			kind: 'inspected',
			facts: { bytes: whole.length, mimeType: 'image/jpeg' },
		});
		expect(await look('https://a.com/1', true)).toEqual({
			kind: 'inspected',
			facts: { ...FACTS, bytes: whole.length },
		});
		expect(await look('https://a.com/1', true)).toEqual({
			kind: 'inspected',
			facts: { ...FACTS, bytes: whole.length },
		});
		expect(calls).toHaveLength(3);
	});

	it('keeps what it saw first when the second call takes too long', async () => {
		const { sleeps, look } = bench(async (_url, range) => {
			if (range.endsWith('-65535'))
				return { headers: {}, body: Readable.from([picture.subarray(0, 100), Buffer.alloc(70_000)]) };
			return await never();
		});
		const pending = look('https://a.com/1', true);
		for (let turn = 0; turn < 20; turn++) await settle();
		sleeps[0]?.end();
		expect(await pending).toEqual({ kind: 'inspected', facts: { bytes: undefined, mimeType: 'image/jpeg' } });
	});

	it('remembers a limited number of URLs, the newest ones', async () => {
		const { calls, look } = bench();
		const hosts = Array.from({ length: 2_001 }, (_, index) => `https://a.com/${index}`);
		for (const url of hosts) await look(url, false);
		await look(hosts[1] ?? '', false);
		expect(calls).toHaveLength(2_001);
		await look(hosts[0] ?? '', false);
		expect(calls).toHaveLength(2_002);
	});

	it('ends a probe that takes too long, and drops a response that arrives later', async () => {
		let answer: (value: Answer) => void = () => {};
		const { sleeps, look } = bench(async () => await new Promise<Answer>((resolve) => (answer = resolve)));
		const pending = look('https://a.com/1', true);
		await settle();
		expect(sleeps.map(({ ms }) => ms)).toEqual([10_000]);
		sleeps[0]?.end();
		expect(await pending).toEqual({
			kind: 'unavailable',
			reason: "its server didn't respond in time",
			fault: 'timeout',
		});

		const body = new Readable({ read() {} });
		answer({ body });
		await settle();
		expect(body.destroyed).toBe(true);
	});

	it('ends a body that does not come to an end, and lets go of it', async () => {
		const body = new Readable({ read() {} });
		body.push(picture.subarray(0, 1000));
		const { sleeps, look } = bench(() => ({ body }));
		const pending = look('https://a.com/1', true);
		await settle();
		sleeps[0]?.end();
		expect(await pending).toMatchObject({ kind: 'unavailable', fault: 'timeout' });
		await settle();
		expect(body.destroyed).toBe(true);
	});

	it('ends at once when the run is stopped', async () => {
		const stop = new AbortController();
		const { calls, look } = bench(never, stop.signal);
		const pending = Promise.allSettled(
			['1', '2', '3'].map(async (path) => await look(`https://a.com/${path}`, true)),
		);
		await settle();
		stop.abort();

		expect((await pending).map((end) => end.status === 'rejected' && (end.reason as Error).name)).toEqual(
			Array(3).fill('ExecutionStopped'),
		);
		expect(calls).toHaveLength(2);
		await expect(look('data:image/png;base64,AAAA', true)).rejects.toThrow('stopped');
	});

	it('ends when the run is stopped also where a sleep cannot be ended, as in n8n 1.x', async () => {
		const stop = new AbortController();
		const httpRequest = async ({ abortSignal }: { abortSignal: AbortSignal }) =>
			await new Promise<never>((_resolve, reject) =>
				abortSignal.addEventListener('abort', () => reject(new Error('canceled')), { once: true }),
			);
		const clock = { now: () => 0, date: () => 0, sleep: never as never };
		const look = mediaProber({
			context: { helpers: { httpRequest } } as never,
			clock,
			modelApiUrl: 'https://api.test',
			signal: stop.signal,
		});
		const pending = look('https://a.com/1', true);
		await settle();
		stop.abort();

		await expect(pending).rejects.toThrow(ExecutionStopped);
	});

	it('goes through files in the input one after another', async () => {
		const { look, calls } = bench();
		const uri = `data:image/jpeg;base64,${picture.toString('base64')}`;
		const seen = await Promise.all(
			[uri, 'data:image/jpeg;base64,filesystem-v2', uri].map(async (text) => await look(text, true)),
		);
		expect(seen.map(({ kind }) => kind)).toEqual(['inspected', 'unusable', 'inspected']);
		expect(calls).toEqual([]);
	});
});
