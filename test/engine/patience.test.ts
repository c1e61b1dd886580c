import type { IDataObject } from 'n8n-workflow';

import type { FaultAction } from '../simulator/faults';
import { useControlledClock } from './support/controlledClock';
import { isEngineOfN8n1 } from './support/engine';
import { DREAMINA, fieldInput, startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	// n8n loads some of itself when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
const clock = useControlledClock();

const answer = (status: number, body: unknown = '', headers: Record<string, string> = {}): FaultAction => ({
	type: 'answer',
	status,
	body: typeof body === 'string' ? body : JSON.stringify(body),
	headers,
});
const submitAndWait = (options: IDataObject = {}, more: IDataObject = {}) =>
	fieldInput(bench.dreaminaInput(), { options: options as never, ...(more as object) });
const items = (count: number) => Array.from({ length: count }, () => ({ json: {} }));
const first = (execution: Awaited<ReturnType<Bench['run']>>) => execution.items('RunComfy')[0]?.json;
const details = (execution: Awaited<ReturnType<Bench['run']>>) =>
	execution.error('RunComfy')?.context.details as Record<string, unknown> | undefined;
const requestId = () => bench.simulator.accepted[0]!.id;
const ownAnswer = (more: IDataObject) => ({ request_id: requestId(), ...more });

/** The sleep of n8n 1.x cannot be ended: what is left of it makes the controlled clock jump further than the node waits. */
const expectWithin = (ms: number) => expect(isEngineOfN8n1 ? 0 : clock.elapsed()).toBeLessThan(ms);

describe('one odd response about an own request', () => {
	it.each([
		['404 right after the submit', answer(404, { error_code: 404001, error_message: 'Resource not found' })],
		['401 in the middle', answer(401, { message: 'Invalid API key' })],
		['400', answer(400, { message: 'Bad request' })],
		['403 as a web page', answer(403, '<html><h1>Forbidden</h1></html>')],
		['407 of a proxy', answer(407, '<html>Proxy</html>')],
		['409', answer(409, '{}')],
		['425', answer(425, '{}')],
		['402', answer(402, { error_code: 400002 })],
		['a 200 with an error code', answer(200, { error_code: 404001 })],
		['a list', answer(200, '[]')],
		['no status', answer(200, '{"id":1}')],
		['a redirect to a login page', answer(302, '', { location: 'https://example.com/login' })],
		['a web page', answer(200, '<!doctype html><h1>Maintenance</h1>')],
	])('is read again: %s', async (_what, action) => {
		bench.simulator.nextPlans.push({ runMs: 5_000 });
		bench.simulator.fault({ on: 'status', times: 1, action });
		bench.simulator.fault({ on: 'result', times: 2, action });
		const execution = await bench.run(submitAndWait());

		expect(first(execution)).toMatchObject({ status: 'succeeded', request_id: requestId() });
		expect(execution.hints('RunComfy')).toEqual([]);
	});

	it.each([
		[404, 'not_found'],
		[401, 'unauthorized'],
		[403, 'forbidden'],
		[400, 'invalid_input'],
		[409, 'unexpected_response'],
	])('is believed when HTTP %d persists for a minute', async (status, code) => {
		for (const on of ['status', 'result'] as const) bench.simulator.fault({ on, action: answer(status, '{}') });
		const execution = await bench.run(submitAndWait());

		expect(details(execution)).toMatchObject({
			code,
			request_id: requestId(),
			model_id: DREAMINA,
			charged: 'unknown',
		});
		expect(execution.error('RunComfy')?.message).toContain(requestId());
		expect(clock.elapsed()).toBeGreaterThanOrEqual(60_000);
		expect(clock.elapsed()).toBeLessThan(75_000);
	});

	it('is read again for a minute from the first refusal in a row', async () => {
		bench.simulator.nextPlans.push({ runMs: 300_000 });
		for (const skip of [2, 2, 2])
			bench.simulator.fault({ on: 'status', skip, times: 6, action: answer(404, '{}') });
		const execution = await bench.run(submitAndWait());

		expect(first(execution)).toMatchObject({ status: 'succeeded' });
	});

	it.each([401, 403, 404])('ends a wait for a request that was only named at once (HTTP %d)', async (status) => {
		bench.simulator.fault({ on: 'status', action: answer(status, '{}') });
		bench.simulator.fault({ on: 'result', action: answer(status, '{}') });
		const execution = await bench.run({ operation: 'wait', requestId: 'r-1' });

		expect(details(execution)).toMatchObject({ request_id: 'r-1', charged: 'unknown' });
		expect(clock.elapsed()).toBeLessThan(1_000);
	});
});

describe('an outage', () => {
	it.each([45_000, 900_000])('of %d ms ends no wait, and is reported once', async (outageMs) => {
		bench.simulator.nextPlans.push({ runMs: 10_000 }, { runMs: 10_000 });
		bench.simulator.settings.outage = { from: Date.now() + 2_000, until: Date.now() + 2_000 + outageMs };
		const execution = await bench.run(submitAndWait(), { items: items(2) });
		bench.simulator.settings.outage = undefined;

		expect(execution.items('RunComfy').map(({ json }) => json.status)).toEqual(['succeeded', 'succeeded']);
		expect(execution.warnings('RunComfy')).toEqual([
			expect.stringContaining("RunComfy didn't respond for a while"),
		]);
	});

	it('that lasts ends as a time-out that says so', async () => {
		bench.simulator.settings.outage = { from: Date.now() + 2_000, until: Infinity };
		bench.simulator.nextPlans.push({ runMs: 10_000 });
		const execution = await bench.run(submitAndWait({ maxWaitTime: 120 }));
		bench.simulator.settings.outage = undefined;

		expect(details(execution)).toMatchObject({ code: 'timeout', request_id: requestId(), charged: 'unknown' });
		expect(execution.error('RunComfy')?.message).toContain("RunComfy didn't respond");
	});
});

describe('words for the status', () => {
	it.each([
		['done', 'succeeded', 'succeeded'],
		['finished', 'completed', 'succeeded'],
		['COMPLETED ', 'Succeeded', 'succeeded'],
		['aborted', 'failed', 'generation_failed'],
		['expired', 'error', 'generation_failed'],
	])('"%s" is looked up in the result: "%s"', async (statusWord, resultWord, outcome) => {
		bench.simulator.nextPlans.push({
			runMs: 3_000,
			statusWord,
			resultWord,
			outcome: outcome === 'succeeded' ? 'succeeded' : 'failed',
		});
		const execution = await bench.run(submitAndWait());

		expect(first(execution)?.status ?? details(execution)?.code).toBe(outcome);
		expectWithin(10_000);
	});

	it('that nobody knows do not end a request that runs, and cost few reads of the result', async () => {
		bench.simulator.nextPlans.push({ runMs: 600_000 });
		bench.simulator.settings.runningWord = 'warming_up';
		const execution = await bench.run(submitAndWait());
		bench.simulator.settings.runningWord = undefined;

		expect(first(execution)?.status).toBe('succeeded');
		expect(bench.simulator.calls('result').length).toBeLessThan(20);
	});

	it('decide nothing at the deadline: the result is asked once more', async () => {
		bench.simulator.nextPlans.push({ runMs: 9_500, statusWord: 'wrapping_up' });
		const execution = await bench.run(submitAndWait({ maxWaitTime: 10 }));

		expect(first(execution)?.status).toBe('succeeded');
	});
});

describe('a result', () => {
	it.each([1, 3])('that is there before its output is read again (%d times)', async (times) => {
		bench.simulator.nextPlans.push({ runMs: 1_000 });
		await bench.run({ resource: 'account', operation: 'getBalance' });
		const pending = bench.engine.start(bench.workflow(submitAndWait()), { credential: bench.credential() });
		await clock.until('the submit', () => bench.simulator.accepted.length === 1);
		bench.simulator.fault({
			on: 'result',
			times,
			action: answer(200, ownAnswer({ status: 'succeeded', output: null })),
		});
		await clock.until('the end', () => bench.simulator.calls('file').length === 1);
		const run = await pending;

		expect(run.data.resultData.runData.RunComfy?.[0]?.data?.main?.[0]?.[0]?.json).toMatchObject({
			status: 'succeeded',
			output_urls: [expect.any(String)],
		});
	});

	it('of another request is never taken', async () => {
		const other = {
			request_id: 'someone-elses',
			status: 'succeeded',
			output: { video: `${bench.simulator.url}/files/x/video-720p-121.mp4` },
		};
		bench.simulator.fault({ on: 'result', action: answer(200, other) });
		const execution = await bench.run(submitAndWait());

		expect(details(execution)).toMatchObject({
			code: 'unexpected_response',
			request_id: requestId(),
			charged: 'unknown',
		});
		expect(bench.simulator.calls('file')).toHaveLength(0);
	});

	it('of another request, once, is read again', async () => {
		bench.simulator.fault({
			on: 'result',
			times: 1,
			action: answer(200, { request_id: 'someone-elses', status: 'failed', error: 'no' }),
		});
		const execution = await bench.run(submitAndWait());

		expect(first(execution)?.status).toBe('succeeded');
	});

	it('with NaN, large numbers and a cost as text is read as it is meant', async () => {
		bench.simulator.fault({
			on: 'result',
			action: answer(
				200,
				`{"status":"succeeded","output":{"video":"${bench.simulator.url}/files/x/video-720p-121.mp4","score":NaN,"seed":18446744073709551615},"cost":"0.42"}`,
			),
		});
		const execution = await bench.run(submitAndWait());

		expect(first(execution)).toMatchObject({
			cost: 0.42,
			output: { score: null, seed: '18446744073709551615' },
			files: [expect.any(Object)],
		});
	});
});

describe('an id of 19 digits', () => {
	it('keeps every one of them', async () => {
		bench.simulator.fault({ on: 'submit', action: answer(200, '{"request_id":1234567890123456789}') });
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));

		expect(first(execution)?.request_id).toBe('1234567890123456789');
	});
});

describe('waits and limits', () => {
	it('do not let one Retry-After hold up a whole run', async () => {
		bench.simulator.fault({
			on: 'status',
			skip: 1,
			times: 1,
			action: answer(429, '{}', { 'retry-after': '3600' }),
		});
		for (let index = 0; index < 3; index++) bench.simulator.nextPlans.push({ runMs: 2_000 });
		const execution = await bench.run(submitAndWait(), { items: items(3) });

		expect(execution.items('RunComfy').map(({ json }) => json.status)).toEqual(Array(3).fill('succeeded'));
		expect(clock.elapsed()).toBeLessThan(40_000);
	});

	it.each([-60_000, 60_000, -86_400_000])('are not touched when the system clock is moved by %d ms', async (byMs) => {
		bench.simulator.nextPlans.push({ runMs: 100_000_000 });
		const pending = bench.engine.start(bench.workflow(submitAndWait({ maxWaitTime: 30, onTimeout: 'return' })), {
			credential: bench.credential(),
		});
		await clock.until('some reads', () => bench.simulator.calls('status').length >= 2);
		const movedAt = clock.elapsed();
		clock.shiftDate(byMs);
		let isOver = false;
		void pending.then(() => {
			isOver = true;
		});
		await clock.until('the end', () => isOver);

		expect(clock.elapsed() - movedAt).toBeLessThan(31_000);
		expect(bench.simulator.calls('status').length).toBeGreaterThan(8);
	});

	it.each(['status', 'result', 'model'] as const)('hold for an answer that drips (%s)', async (on) => {
		bench.simulator.fault({ on, times: 1, action: { type: 'drip', pieces: 200, everyMs: 3_000 } });
		const execution = await bench.run(submitAndWait());

		expect(first(execution)?.status).toBe('succeeded');
		expectWithin(45_000);
	});

	it('hold for a submit that drips: what it may have accepted is said to be unknown', async () => {
		bench.simulator.fault({ on: 'submit', times: 1, action: { type: 'drip', pieces: 200, everyMs: 3_000 } });
		const execution = await bench.run(submitAndWait());

		expect(details(execution)).toMatchObject({ code: 'submit_outcome_unknown', charged: 'unknown' });
		expect(clock.elapsed()).toBeGreaterThanOrEqual(120_000);
		expect(clock.elapsed()).toBeLessThan(125_000);
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});
});

describe('a large submit', () => {
	it('has a second more for each 256 KB of its body', async () => {
		bench.simulator.fault({ on: 'submit', times: 1, action: { type: 'hang' } });
		const input = { prompt: 'x'.repeat(10 * 1024 * 1024), image_urls: [] };
		const execution = await bench.run(fieldInput(input, { operation: 'submit', options: { validation: 'off' } }));

		expect(details(execution)).toMatchObject({ code: 'submit_outcome_unknown', charged: 'unknown' });
		expect(clock.elapsed()).toBeGreaterThanOrEqual(160_000);
		expect(clock.elapsed()).toBeLessThan(165_000);
	});
});

describe('a proxy on the way', () => {
	it.each(['', '<html>Proxy Authentication Required</html>', '{"message":"login"}'])(
		'that wants a login did not send the submit on (%j)',
		async (body) => {
			bench.simulator.fault({ on: 'submit', action: answer(407, body) });
			const execution = await bench.run(submitAndWait());

			expect(details(execution)).toMatchObject({ code: 'service_unavailable', charged: 'no', http_status: 407 });
			expect(execution.error('RunComfy')?.message).toContain('proxy');
			expect(bench.simulator.calls('submit')).toHaveLength(1);
		},
	);
});

describe('a failure right after the start', () => {
	it('is found early, also where the usual time of the model is known', async () => {
		bench.simulator.settings.plan.runMs = 24_000;
		for (let run = 0; run < 3; run++) await bench.run(submitAndWait({}, { downloadOutput: false }));
		bench.simulator.settings.plan.runMs = 0;
		bench.simulator.nextPlans.push({ runMs: 300, outcome: 'failed', reason: 'no' });
		const startedAt = clock.elapsed();
		const execution = await bench.run(submitAndWait());

		expect(details(execution)?.code).toBe('generation_failed');
		expect(clock.elapsed() - startedAt).toBeLessThan(3_500);
	});
});

describe('a cancel that did not take', () => {
	const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };

	it.each([
		['cancellation_requested', { status: 'cancellation_requested' }],
		['cancelled, for a request that goes on', { outcome: 'cancelled', status: 'cancelled' }],
	])('does not make the request forgotten: %s', async (_what, body) => {
		bench.simulator.nextPlans.push({ queueMs: 20_000 }, { outcome: 'failed', reason: 'no' });
		bench.simulator.fault({ on: 'cancel', action: answer(202, body) });
		const execution = await bench.run(submitAndWait(), { items: items(2), node: RETRY });

		expect(bench.simulator.calls('submit')).toHaveLength(2);
		expect(execution.error('RunComfy')?.message).toContain(requestId());
	});
});
