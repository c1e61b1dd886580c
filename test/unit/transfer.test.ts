import { Transfer } from '../../nodes/RunComfy/files/transfer';
import { SimulatedClock } from '../support/simulatedClock';

const PIECE = Buffer.alloc(70_000, 1);
const URL_OF_FILE = 'https://a.runcomfy.net/1.mp4';

/** A file in pieces that come at pauses, and what became of the transfer. */
async function transferred(pieces: number, everyMs: number) {
	const clock = new SimulatedClock();
	const startedAt = clock.now();
	const body = {
		async *[Symbol.asyncIterator]() {
			for (let piece = 0; piece < pieces; piece++) {
				await clock.sleep(everyMs);
				yield PIECE;
			}
		},
		destroy: () => {},
		on: () => {},
	};
	const context = { helpers: { httpRequest: async () => ({ statusCode: 200, headers: {}, body }) } } as never;
	const rules = {
		policy: { apiOrigins: [], extraHosts: [] },
		maxBytes: 1e12,
		signal: new AbortController().signal,
		clock,
	};
	const work = async () => {
		const transfer = await Transfer.open(context, URL_OF_FILE, rules);
		for await (const chunk of transfer.chunks()) expect(chunk).toBe(PIECE);
		return transfer.received;
	};
	const [outcome] = await Promise.allSettled([clock.run(work())]);
	return { outcome, tookMs: clock.now() - startedAt };
}

describe('a slow file', () => {
	it('that keeps coming arrives', async () => {
		expect(await transferred(200, 50_000)).toMatchObject({ outcome: { value: 200 * PIECE.length } });
	});

	it('is given up after three hours, however steadily it comes', async () => {
		const { outcome, tookMs } = await transferred(1_000, 50_000);

		expect(outcome).toMatchObject({ reason: { message: "it didn't arrive within three hours" } });
		expect(tookMs).toBeLessThan(3.1 * 60 * 60_000);
	});
});

/** What a server answers to each call, and the headers of the calls. */
async function fetched(
	answers: Array<{ statusCode: number; headers: Record<string, string>; pieces?: number; breaksOff?: boolean }>,
) {
	const clock = new SimulatedClock();
	const calls: Array<Record<string, string>> = [];
	const httpRequest = async ({ headers }: { headers: Record<string, string> }) => {
		const { pieces = 1, breaksOff = false, ...answer } = answers[Math.min(calls.length, answers.length - 1)]!;
		calls.push(headers);
		const body = {
			async *[Symbol.asyncIterator]() {
				for (let piece = 0; piece < pieces; piece++) yield PIECE;
				if (breaksOff) throw new Error('aborted');
			},
			destroy: () => {},
			on: () => {},
		};
		return { ...answer, body };
	};
	const rules = {
		policy: { apiOrigins: [], extraHosts: [] },
		maxBytes: 1e12,
		signal: new AbortController().signal,
		clock,
	};
	const work = async () => {
		const transfer = await Transfer.open({ helpers: { httpRequest } } as never, URL_OF_FILE, rules);
		let received = 0;
		for await (const chunk of transfer.chunks()) received += chunk.length;
		return received;
	};
	const [outcome] = await Promise.allSettled([clock.run(work())]);
	return { outcome, calls };
}

describe('a file that breaks off', () => {
	const length = PIECE.length * 2;
	const whole = (etag: string) => ({
		statusCode: 200,
		headers: { 'content-length': String(length), etag },
		breaksOff: true,
	});
	const rest = (etag: string) => ({
		statusCode: 206,
		headers: { 'content-range': `bytes ${PIECE.length}-${length - 1}/${length}`, etag },
	});

	it('is resumed when a strong ETag identifies its content', async () => {
		const { outcome, calls } = await fetched([whole('"a"'), rest('"a"')]);

		expect(outcome).toEqual({ status: 'fulfilled', value: length });
		expect(calls[1]).toMatchObject({ Range: `bytes=${PIECE.length}-`, 'If-Range': '"a"' });
	});

	it.each([
		['a weak ETag, which stands for several contents', 'W/"a"', 1],
		['the ETag of another content', '"b"', 2],
	])('is not put together with %s', async (_what, etag, count) => {
		const { outcome, calls } = await fetched([whole(etag === '"b"' ? '"a"' : etag), rest(etag)]);

		expect(outcome).toMatchObject({
			status: 'rejected',
			reason: { message: expect.stringContaining('the connection was lost') },
		});
		expect(calls).toHaveLength(count);
	});

	it('is resumed a limited number of times, each with a new piece', async () => {
		const many = PIECE.length * 50;
		const part = (from: number) => ({
			statusCode: 206,
			headers: { 'content-range': `bytes ${from}-${many - 1}/${many}`, etag: '"a"' },
			breaksOff: true,
		});
		const first = { statusCode: 200, headers: { 'content-length': String(many), etag: '"a"' }, breaksOff: true };
		const { outcome, calls } = await fetched([
			first,
			...Array.from({ length: 49 }, (_, index) => part(PIECE.length * (index + 1))),
		]);

		expect(outcome).toMatchObject({ reason: { message: 'the connection was lost' } });
		expect(calls).toHaveLength(6);
	});
});

it('redirects are followed five times', async () => {
	const { outcome, calls } = await fetched([{ statusCode: 302, headers: { location: URL_OF_FILE } }]);

	expect(outcome).toMatchObject({ reason: { message: 'it redirects too many times' } });
	expect(calls).toHaveLength(6);
});
