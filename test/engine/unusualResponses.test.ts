import type { FaultAction } from '../simulator/faults';
import { withControlledClock } from './support/controlledClock';
import { fieldInput, useBench } from './support/setup';

const bench = useBench();

const answer = (status: number, body: unknown): FaultAction => ({
	type: 'answer',
	status,
	body: typeof body === 'string' ? body : JSON.stringify(body),
});
const submit = () => fieldInput(bench.dreaminaInput(), { operation: 'submit' });

describe('a response to a submit', () => {
	it.each([
		[{ request_id: 12345 }, '12345'],
		[{ request_id: 'abc-1', error_code: 0 }, 'abc-1'],
		[{ request_id: 'abc-1', error_code: '' }, 'abc-1'],
	])('%j is an acceptance', async (body, id) => {
		bench.simulator.fault({ on: 'submit', action: answer(200, body) });
		const execution = await bench.run(submit());

		expect(execution.items('RunComfy')[0]?.json.request_id).toBe(id);
	});

	it.each([500, 504])('keeps an id that stands in HTTP %d', async (status) => {
		bench.simulator.fault({ on: 'submit', action: answer(status, { request_id: 'abc-1' }) });
		const execution = await bench.run(submit());

		expect(execution.error('RunComfy')).toMatchObject({
			message: expect.stringContaining('abc-1'),
			context: { details: { request_id: 'abc-1', charged: 'unknown', code: 'submit_outcome_unknown' } },
		});
	});

	it('that is nested without end is still an unknown outcome', async () => {
		bench.simulator.fault({
			on: 'submit',
			action: answer(500, `${'['.repeat(30_000)}${']'.repeat(30_000)}`),
			carriedOut: true,
		});
		const execution = await bench.run(submit());

		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'submit_outcome_unknown',
			charged: 'unknown',
		});
	});
});

describe('what is reported about a request that is still running', () => {
	it.each([
		[429, 'timeout'],
		[402, 'insufficient_balance'],
		[503, 'timeout'],
		[418, 'unexpected_response'],
	])('never invites to pay again (HTTP %d)', async (status, code) => {
		for (const on of ['status', 'result'] as const) bench.simulator.fault({ on, action: answer(status, '{}') });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		const error = execution.error('RunComfy');
		expect(error?.context.details).toMatchObject({ code, request_id: bench.simulator.accepted[0]!.id });
		expect(error?.description).not.toContain('run this again');
		expect(error?.description).toMatch(/Wait operation|Wait or Get Result operation/);
	});
});

describe('the result decides', () => {
	it('when the status says cancelled', async () => {
		bench.simulator.nextPlans.push({ statusWord: 'cancelled' });
		const execution = await bench.run(fieldInput(bench.dreaminaInput()));

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
	});

	it('unless it never comes, and the status says failed', async () => {
		bench.simulator.nextPlans.push({ statusWord: 'failed' });
		bench.simulator.fault({ on: 'result', action: answer(400, { error_code: 400005 }) });
		const execution = await bench.run(fieldInput(bench.dreaminaInput()));

		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'generation_failed',
			charged: 'unknown',
		});
	});

	it('and a status never carries a top-level error', async () => {
		bench.simulator.fault({ on: 'status', action: answer(200, { status: 'FAILED', error: { message: 'boom' } }) });
		const execution = await bench.run({ operation: 'getStatus', requestId: 'r-1' });

		expect(execution.items('RunComfy')[0]?.json).toEqual({
			request_id: 'r-1',
			status: 'failed',
			raw_status: 'FAILED',
			failure: { message: 'boom' },
		});
	});
});

describe('the deadline', () => {
	it('holds for reads that keep failing, too', async () => {
		bench.simulator.nextPlans.push({ queueMs: 3_600_000 });
		bench.simulator.fault({
			on: 'status',
			skip: 1,
			action: { type: 'answer', status: 429, headers: { 'retry-after': '30' } },
		});
		const { value: execution, elapsedMs } = await withControlledClock(
			async () =>
				await bench.run(
					fieldInput(bench.dreaminaInput(), { options: { maxWaitTime: 2, onTimeout: 'return' } }),
				),
		);

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ timed_out: true, status: 'in_queue' });
		expect(elapsedMs).toBeLessThan(5_000);
	});
});

describe('the token', () => {
	it.each([
		['escaped in JSON', (token: string) => `{"message":"bad ${token.replace('/', '\\/')}"}`],
		['encoded for a URL', (token: string) => `{"message":"bad ${encodeURIComponent(token)}"}`],
	])('is blanked out when it is echoed %s', async (_what, write) => {
		const token = 'abc/def+ghi==';
		bench.simulator.fault({ on: 'balance', action: answer(401, write(token)) });
		const execution = await bench.run(
			{ resource: 'account', operation: 'getBalance' },
			{ credential: { apiToken: token } },
		);

		expect(execution.error('RunComfy')?.description).toContain('bad [token]');
		expect(JSON.stringify(execution.error('RunComfy'))).not.toContain('def+ghi');
	});
});

describe('parameters from expressions', () => {
	it.each([
		[
			'submitAndWait',
			{ options: { maxWaitTime: 'abc' } },
			'Max Wait Time must be a number of at least 0, not "abc"',
		],
		['submitAndWait', { options: { maxFileSize: -5 } }, 'Max File Size must be a number of at least 0, not -5'],
		[
			'submitAndWait',
			{ options: { onTimeout: 'explode' } },
			'On Timeout must be one of error, return, not "explode"',
		],
		[
			'submitAndWait',
			{ downloadOutput: '={{ "perhaps" }}' },
			'Download Output must be true or false, not "perhaps"',
		],
		[
			'submitAndWait',
			{ options: { validation: 'loose' } },
			'Validation must be one of strict, warn, off, not "loose"',
		],
	])('%s with %j is refused before anything is paid', async (operation, more, message) => {
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation, ...more }));

		expect(execution.error('RunComfy')).toMatchObject({
			message,
			context: { details: { code: 'invalid_input', charged: 'no' } },
		});
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('that are empty stand for the default, and texts for what they say', async () => {
		const options = { maxWaitTime: '', includeCost: 'false', cancelOnStop: null, maxFileSize: '' } as never;
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput(), { options, downloadOutput: '={{ "true" }}' }),
		);

		expect(execution.items('RunComfy')[0]?.json).not.toHaveProperty('cost');
		expect(execution.items('RunComfy')[0]?.json.files).toHaveLength(1);
	});

	it.each(['abc', 0, -3])('Limit %j is refused', async (limit) => {
		const execution = await bench.run({ resource: 'model', operation: 'getAll', limit });

		expect(execution.error('RunComfy')?.message).toContain('Limit must be a number of at least 1');
	});

	it('carry details also where n8n itself refuses them', async () => {
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput({ prompt: "={{ $('Nope').first().json.x }}" })),
		);

		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'invalid_input', charged: 'no' });
	});

	it('that name no operation are reported', async () => {
		const execution = await bench.run({ resource: 'request', operation: 'constructor' });

		expect(execution.error('RunComfy')?.message).toContain("doesn't exist");
	});
});
