import { ProbeLimits } from '../../nodes/RunComfy/media/probeLimits';
import type { MediaProbe } from '../../nodes/RunComfy/media/mediaProbe';

const SEEN: MediaProbe = { kind: 'inspected', facts: {} };
const timeout: MediaProbe = { kind: 'unavailable', reason: 'late', fault: 'timeout' };
const unreachable: MediaProbe = { kind: 'unavailable', reason: 'gone', fault: 'unreachable' };
const refused: MediaProbe = { kind: 'unavailable', reason: 'HTTP 403' };
const notAsked = { kind: 'unavailable', reason: 'its server failed for other files in this run' };

/** Looks that end when a test says so. */
function bench(signal?: AbortSignal) {
	const limits = new ProbeLimits(signal);
	const started: Array<{
		host: string;
		limitMs: number;
		end: (look: MediaProbe) => void;
		fail: (error: Error) => void;
	}> = [];
	const look = (host: string) =>
		limits.run(
			host,
			async (limitMs) => await new Promise((end, fail) => started.push({ host, limitMs, end, fail })),
		);
	const settle = async () => await new Promise((resolve) => setImmediate(resolve));
	/** Looks at one file after another on a host, and returns what each gave. */
	const inARow = async (host: string, results: MediaProbe[]) => {
		const given: MediaProbe[] = [];
		for (const result of results) {
			const pending = look(host);
			await settle();
			started.pop()?.end(result);
			given.push(await pending);
		}
		return given;
	};
	return { look, started, settle, inARow, hosts: () => started.map(({ host }) => host) };
}

describe('the probes of a run', () => {
	it('are eight at a time, and two a host, in the order of their coming', async () => {
		const { look, started, settle, hosts } = bench();
		for (const host of 'aaaabbcdefgh') void look(host);
		await settle();
		expect(hosts().join('')).toBe('aabbcdef');

		started[2]?.end(SEEN);
		await settle();
		expect(hosts().join('')).toBe('aabbcdefg');

		started[0]?.end(SEEN);
		await settle();
		// The next one of the first host has waited for longest.
		expect(hosts().join('')).toBe('aabbcdefga');
	});

	it('continue when one of them throws', async () => {
		const { look, started, settle, hosts } = bench();
		const pending = [look('a'), look('a'), look('a')];
		await settle();
		started[0]?.fail(new Error('broken'));
		await expect(pending[0]).rejects.toThrow('broken');
		await settle();
		expect(hosts()).toHaveLength(3);
	});

	it.each([
		['took too long', timeout],
		['could not be reached', unreachable],
	])('leave a host alone that twice in a row %s', async (_what, fault) => {
		const { inARow, look, started, settle } = bench();
		expect(await inARow('a', [fault, SEEN, fault, refused, fault, fault])).toEqual([
			fault,
			SEEN,
			fault,
			refused,
			fault,
			fault,
		]);

		expect(await look('a')).toEqual(notAsked);
		void look('b');
		await settle();
		expect(started.map(({ host }) => host)).toEqual(['b']);
	});

	it('do not let those wait any longer whose host is given up, and keep it so', async () => {
		const { look, started, settle } = bench();
		const pending = Array.from({ length: 50 }, () => look('a'));
		await settle();
		started[0]?.end(timeout);
		await settle();
		// After one fault the second look is waited for.
		expect(started).toHaveLength(2);
		started[1]?.end(timeout);

		expect((await Promise.all(pending)).filter(({ kind }) => kind === 'unavailable')).toHaveLength(50);
		expect(started).toHaveLength(2);
		expect(await look('a')).toEqual(notAsked);
	});

	it('get a shorter time when eight of them took too long', async () => {
		const { inARow, look, started, settle } = bench();
		for (let host = 0; host < 7; host++) await inARow(String(host), [timeout]);
		void look('x');
		await settle();
		expect(started.at(-1)?.limitMs).toBe(10_000);

		started.at(-1)?.end(timeout);
		await settle();
		void look('y');
		await settle();
		expect(started.at(-1)?.limitMs).toBe(2_000);
	});

	it('end at once when the run is stopped, as long as they wait', async () => {
		const stop = new AbortController();
		const { look, started, settle } = bench(stop.signal);
		const pending = Array.from({ length: 30 }, () => look('a'));
		const ends = Promise.allSettled(pending.slice(2));
		await settle();
		stop.abort();

		expect(new Set((await ends).map(({ status }) => status))).toEqual(new Set(['rejected']));
		expect(started).toHaveLength(2);
		await expect(look('b')).rejects.toThrow('stopped');
	});
});
