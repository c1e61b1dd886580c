import type { ICredentialDataDecryptedObject, IHttpRequestOptions } from 'n8n-workflow';

import { TOKENS } from '../simulator/accounts';
import { Simulator } from '../simulator/simulator';
import { driven, useControlledClock } from './support/controlledClock';
import { TestCredentialsHelper } from './support/credentialsHelper';
import { DURABLE_NODE, DurableRuns, named } from './support/durableRuns';
import { fieldInput, startBench, type Bench } from './support/setup';

let bench: Bench;
let runs: DurableRuns;

beforeAll(async () => {
	bench = await startBench();
	// n8n loads some of itself when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
	runs = new DurableRuns(bench);
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
afterEach(() => {
	jest.restoreAllMocks();
});
const clock = useControlledClock();

const submitAndWait = (options = {}) => fieldInput(bench.dreaminaInput(), { options });
const items = (count: number) => Array.from({ length: count }, () => ({ json: {} }));
const ids = () => bench.simulator.accepted.map(({ id }) => id);
const details = (execution: Awaited<ReturnType<Bench['run']>>) =>
	execution.error('RunComfy')?.context.details as Record<string, unknown> | undefined;
const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };

/** Lets some calls fail as a mistake in a program would. */
function breakCalls(isBroken: (options: IHttpRequestOptions) => boolean): void {
	const real = TestCredentialsHelper.prototype.authenticate;
	jest.spyOn(TestCredentialsHelper.prototype, 'authenticate').mockImplementation(async function (
		this: TestCredentialsHelper,
		...args
	) {
		if (isBroken(args[2])) throw new TypeError('undefined is not a function');
		return await real.apply(this, args);
	});
}

describe('a credential that is edited during a run', () => {
	it.each([
		['the token', (url: string) => ({ apiToken: 'edited-token', modelApiUrl: url })],
		['the endpoints', () => ({ apiToken: 'edited-token' })],
		['nothing but an empty token', () => ({ apiToken: '' })],
	])('keeps token and endpoints together: %s', async (_what, edit) => {
		const elsewhere = await new Simulator({}, () => Date.now()).start();
		const credential: ICredentialDataDecryptedObject = { ...bench.credential() };
		bench.simulator.nextPlans.push({ runMs: 5_000 });
		const pending = bench.engine.start(bench.workflow(submitAndWait()), { credential });
		await clock.until('the first read', () => bench.simulator.calls('status').length === 1);
		Object.assign(credential, edit(elsewhere.url));
		const run = await driven(pending);
		await elsewhere.stop();

		expect(run.data.resultData.runData.RunComfy?.[0]?.data?.main?.[0]?.[0]?.json.status).toBe('succeeded');
		const tokens = bench.simulator.received
			.filter(({ endpoint }) => endpoint !== 'file' && endpoint !== 'media')
			.map(({ headers }) => headers.authorization);
		expect(new Set(tokens)).toEqual(new Set([`Bearer ${bench.credential().apiToken}`]));
		expect(elsewhere.received).toEqual([]);
	});
});

describe('the token in a response', () => {
	it.each([
		['in base64', (token: string) => Buffer.from(`Bearer ${token}`).toString('base64')],
		[
			'as HTML entities',
			(token: string) => [...token].map((character) => `&#${character.charCodeAt(0)};`).join(''),
		],
		[
			'percent-encoded',
			(token: string) => [...token].map((character) => `%${character.charCodeAt(0).toString(16)}`).join(''),
		],
	])('is blanked out %s, at any depth', async (_how, spell) => {
		const spelling = spell(String(bench.credential().apiToken));
		const deep = `${'{"a":'.repeat(300)}"${spelling}"${'}'.repeat(300)}`;
		bench.simulator.fault({
			on: 'status',
			action: { type: 'answer', status: 200, body: `{"status":"completed","deep":${deep},"echo":"${spelling}"}` },
		});
		const execution = await bench.run({ operation: 'getStatus', requestId: 'r-1' });

		const told = JSON.stringify(execution.run.data.resultData.runData.RunComfy);
		expect(told).toContain('[token]');
		expect(told).not.toContain(spelling);
		expect(told).not.toContain(TOKENS.main);
	});
});

describe('a request that was accepted', () => {
	it('is recorded before a log that fails, and is returned all the same', async () => {
		jest.spyOn(bench.engine.log, 'push').mockImplementation(() => {
			throw new Error('the disk is full');
		});
		const execution = await bench.run(submitAndWait(), { node: RETRY });

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ status: 'succeeded', request_id: ids()[0] });
		expect(ids()).toHaveLength(1);
	});

	it('is named by a fault that nobody foresaw, and not bought again by Retry On Fail', async () => {
		breakCalls(({ url }) => /\/(status|result)$/.test(url));
		const execution = await bench.run(submitAndWait(), { node: RETRY });

		expect(details(execution)).toMatchObject({ code: 'internal_error', charged: 'unknown', request_id: ids()[0] });
		expect(execution.error('RunComfy')?.message).toContain(ids()[0]);
		expect(ids()).toHaveLength(1);
	});

	it('may stand behind a fault of the submit itself, which is not repeated', async () => {
		let submits = 0;
		breakCalls(({ method }) => method === 'POST' && ++submits > 0);
		const execution = await bench.run(submitAndWait(), { node: RETRY });

		expect(details(execution)).toMatchObject({ code: 'internal_error', charged: 'unknown' });
		expect(execution.error('RunComfy')?.description).toContain('Check Generations on runcomfy.com');
		expect(submits).toBe(1);
	});

	it('is not thought of where a fault came before the submit', async () => {
		breakCalls(({ method }) => method === 'GET');
		const execution = await bench.run(submitAndWait());

		expect(details(execution)).toMatchObject({ code: 'internal_error', charged: 'no' });
		expect(ids()).toHaveLength(0);
	});
});

describe('an empty token', () => {
	it('before anything was submitted says that nothing was', async () => {
		const execution = await bench.run(submitAndWait(), { credential: { apiToken: '' } });

		expect(details(execution)).toMatchObject({ code: 'unauthorized', charged: 'no' });
		expect(execution.error('RunComfy')?.description).toContain('Nothing was submitted or charged.');
	});

	it('at a second try names what the first one submitted', async () => {
		const credential: ICredentialDataDecryptedObject = { ...bench.credential() };
		for (let index = 0; index < 3; index++) bench.simulator.nextPlans.push({ runMs: 600_000 });
		const workflow = bench.workflow(submitAndWait({ maxWaitTime: 5 }), {
			node: { ...RETRY, waitBetweenTries: 2_000 },
		});
		const pending = bench.engine.start(workflow, { credential, items: items(3) });
		await clock.until('the pause', () => clock.elapsed() > 6_000);
		credential.apiToken = '';
		const run = await driven(pending);

		const error = run.data.resultData.runData.RunComfy?.[0]?.error as unknown as {
			message: string;
			description: string;
			context: { details: object };
		};
		expect(error.context.details).toMatchObject({ code: 'unauthorized', charged: 'unknown' });
		for (const id of ids()) expect(error.message).toContain(id);
		expect(error.description).not.toContain('Nothing was');
		expect(ids()).toHaveLength(3);
	});

	it('at a second try tells of submits whose outcome is unknown', async () => {
		const credential: ICredentialDataDecryptedObject = { ...bench.credential() };
		bench.simulator.fault({ on: 'submit', action: { type: 'drop' }, carriedOut: true });
		const workflow = bench.workflow(submitAndWait(), { node: { ...RETRY, waitBetweenTries: 2_000 } });
		const pending = bench.engine.start(workflow, { credential });
		await clock.until('the pause', () => bench.simulator.calls('submit').length === 1 && clock.elapsed() > 1_000);
		credential.apiToken = '';
		const run = await driven(pending);

		const error = run.data.resultData.runData.RunComfy?.[0]?.error as unknown as {
			message: string;
			description: string;
			context: { details: object };
		};
		expect(error.context.details).toMatchObject({ code: 'unauthorized', charged: 'unknown' });
		expect(error.message).toContain('1 submit from earlier tries has an unknown outcome');
		expect(error.description).not.toContain('Nothing was');
	});

	it('in a later round of a durable wait names every request', async () => {
		for (let index = 0; index < 3; index++) bench.simulator.nextPlans.push({ runMs: 600_000 });
		const first = await runs.start({}, named(3));
		const execution = await bench.engine.resume(
			runs.workflow({}),
			{ credential: { ...bench.credential(), apiToken: '' } },
			first,
			bench.engine.lastExecutionId,
		);

		const error = execution.error(DURABLE_NODE);
		for (const id of ids()) expect(error?.message).toContain(id);
		expect(error?.context.details).toMatchObject({ code: 'unauthorized', charged: 'unknown' });
		expect(ids()).toHaveLength(3);
	});
});
