import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { readDeployment } from '../../nodes/RunComfy/api/deployment/deployments';
import { ExecutionStopped } from '../../nodes/RunComfy/shared/failure';
import { PiecesUnavailable } from '../../nodes/RunComfy/transport/textPieces';
import { TOKENS } from '../simulator/accounts';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { objectInfoText } from '../simulator/deployments/objectInfo';
import type { FaultAction } from '../simulator/faults';
import { withControlledClock } from './support/controlledClock';
import { failureOf, openTestTransport } from './support/openTransport';
import { startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());

const settings = () => bench.simulator.platform.settings;
const fast = async <T>(work: () => Promise<T>): Promise<T> => (await withControlledClock(work)).value;

/** More pieces than any file of a test has. */
const MAX_PIECES = 100_000;

/** Reads a file as the form does: the URL comes from the deployment. */
async function read(more: { url?: string; maxPieces?: number; signal?: AbortSignal } = {}) {
	const transport = await openTestTransport(bench);
	const { payload } = await readDeployment(transport, DEPLOYMENTS.textToImage, { includePayload: true });
	const url = more.url ?? (payload as { object_info_url: string }).object_info_url;
	const pieces: string[] = [];
	for await (const piece of transport.readPieces(url, more.signal)) {
		pieces.push(piece);
		if (pieces.length >= (more.maxPieces ?? MAX_PIECES)) break;
	}
	return pieces;
}

const authorizations = () => bench.simulator.calls('objectInfo').map(({ headers }) => headers.authorization);
const withToken = expect.stringContaining(TOKENS.main) as string;

describe('the node definitions of a deployment', () => {
	it('come in pieces, each of them small, with the token', async () => {
		const pieces = await read();

		expect(pieces.join('')).toBe(objectInfoText());
		expect(pieces.length).toBeGreaterThan(10);
		expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(1_048_576);
		expect(authorizations()).toEqual([withToken]);
	});

	it('are not read further than somebody wants', async () => {
		settings().objectInfo = 'endless';

		expect(await read({ maxPieces: 3 })).toHaveLength(3);
	});

	it('have an ordinary caller', async () => {
		settings().refusesUnnamedAgents = true;

		expect((await read()).join('')).toBe(objectInfoText());
	});

	it('are read over a redirect to another host without the token', async () => {
		settings().objectInfo = 'redirect';

		expect((await read()).join('')).toBe(objectInfoText());
		expect(authorizations()).toEqual([withToken, undefined]);
	});

	it('at another host are read without the token', async () => {
		const url = `${bench.simulator.url.replace('127.0.0.1', 'localhost')}/object_info/x.json`;

		expect((await read({ url })).join('')).toBe(objectInfoText());
		expect(authorizations()).toEqual([undefined]);
	});

	it('are found at an address without a host', async () => {
		expect((await read({ url: '/object_info/x.json' })).join('')).toBe(objectInfoText());
		expect(authorizations()).toEqual([withToken]);
	});

	it('never hold the token, also where it comes in two pieces', async () => {
		const secret = String(bench.credential().apiToken);
		const filler = 'x'.repeat(70_000);
		const server = await serve(`${filler}${secret}${filler}`, filler.length + 5);
		try {
			const text = (await read({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` })).join('');
			expect(text).toBe(`${filler}[token]${filler}`);
		} finally {
			server.close();
		}
	});
});

/** Serves a text whose first part comes some turns before the rest. */
async function serve(text: string, cutAt: number): Promise<Server> {
	const server = createServer((_request, response) => {
		response.write(text.slice(0, cutAt));
		setTimeout(() => response.end(text.slice(cutAt)), 50);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return server;
}

describe('node definitions that cannot be read', () => {
	it.each([
		['forbidden', { fault: 'http_status', httpStatus: 403 }],
		['missing', { fault: 'http_status', httpStatus: 404 }],
		['html', { fault: 'web_page' }],
		['redirectLoop', { fault: 'not_allowed' }],
		['endless', { fault: 'too_large' }],
		['drip', { fault: 'timeout' }],
	] as const)('(%s) are reported as such', async (habit, fault) => {
		settings().objectInfo = habit;
		const error = await fast(async () => await failureOf(read()));

		expect(error).toBeInstanceOf(PiecesUnavailable);
		expect(error).toMatchObject(fault);
	});

	it.each<[string, FaultAction, string]>([
		['dropped', { type: 'drop' }, 'network'],
		['cut', { type: 'cut', share: 0.5 }, 'network'],
		['never answered', { type: 'hang' }, 'timeout'],
		['a bomb', { type: 'gzipBomb', bytes: 64 * 1_048_576 }, 'too_large'],
		['broken', { type: 'answer', status: 503, body: 'busy' }, 'http_status'],
	])('because the call is %s are reported as such', async (_what, action, fault) => {
		bench.simulator.fault({ on: 'objectInfo', action });
		const reading = async () => await failureOf(read());
		// Unpacking a bomb is work, during which controlled time could pass.
		const error = action.type === 'hang' ? await fast(reading) : await reading();

		expect(error).toBeInstanceOf(PiecesUnavailable);
		expect(error).toMatchObject({ fault });
	});

	it.each(['ftp://example.com/x', 'file:///etc/passwd', 'data:,x', 'http://'])(
		'are not asked for at %s',
		async (url) => {
			expect(await failureOf(read({ url }))).toMatchObject({ fault: 'not_allowed' });
			expect(bench.simulator.calls('objectInfo')).toEqual([]);
		},
	);

	it('are let go at Stop, at once', async () => {
		settings().objectInfo = 'drip';
		const stop = new AbortController();
		const error = await fast(async () => {
			const reading = failureOf(read({ signal: stop.signal }));
			setTimeout(() => stop.abort(), 3_000);
			return await reading;
		});

		expect(error).toBeInstanceOf(ExecutionStopped);
	});
});
