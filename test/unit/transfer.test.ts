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
	const rules = { policy: { apiOrigins: [], extraHosts: [] }, maxBytes: 1e12, signal: new AbortController().signal, clock };
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

		expect(outcome).toMatchObject({ reason: { message: 'it did not arrive within three hours' } });
		expect(tookMs).toBeLessThan(3.1 * 60 * 60_000);
	});
});
