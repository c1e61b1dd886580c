import type { FaultAction } from '../simulator/faults';
import { Simulator } from '../simulator/simulator';
import { fieldInput, useBench } from './support/setup';

const bench = useBench();

const answer = (status: number, body = '', headers = {}): FaultAction => ({ type: 'answer', status, headers, body });

describe('a submit without a clear response', () => {
	it.each<[string, FaultAction, boolean]>([
		['dropped before it was accepted', { type: 'drop' }, false],
		['dropped after it was accepted', { type: 'drop' }, true],
		['never answered', { type: 'hang' }, true],
		['HTTP 500', answer(500), false],
		['HTTP 502 with a web page, after it was accepted', answer(502, '<html>Bad gateway</html>'), true],
		['HTTP 503 with Retry-After', answer(503, '', { 'retry-after': '1' }), false],
		['HTTP 408', answer(408), true],
		['a redirect', answer(307, '', { location: '/v1/models/a/b' }), false],
		['a web page', answer(200, '<html></html>'), true],
		['an empty body', answer(200), true],
		['an answer without request_id', answer(200, '{"status":"in_queue"}'), true],
		['half an answer', { type: 'truncate', share: 0.4 }, true],
		['an answer cut on the way', { type: 'cut', share: 0.4 }, true],
		['a 200 with an unknown error code', answer(200, '{"error_code":500123}'), true],
	])('is never sent again: %s', async (_what, action, carriedOut) => {
		bench.simulator.fault({ on: 'submit', action, carriedOut });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		expect(bench.simulator.calls('submit')).toHaveLength(1);
		expect(execution.error('RunComfy')).toMatchObject({
			message: expect.stringMatching(
				/^It's unknown whether RunComfy accepted the request( \(request [\w-]+\))?$/,
			),
			description: expect.stringContaining('Check Generations on runcomfy.com before you run this again'),
			context: { details: { code: 'submit_outcome_unknown', charged: 'unknown', retryable: false } },
		});
	});
});

describe('a submit that certainly was not accepted', () => {
	it('is sent again after HTTP 429', async () => {
		bench.simulator.fault({ on: 'submit', times: 3, action: answer(429, '{}', { 'retry-after': '1' }) });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
		expect(bench.simulator.calls('submit')).toHaveLength(4);
		expect(bench.simulator.accepted).toHaveLength(1);
	});

	it('ends as rate_limited when that continues', async () => {
		bench.simulator.fault({ on: 'submit', action: answer(429, '{}') });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		expect(bench.simulator.calls('submit')).toHaveLength(4);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'rate_limited',
			charged: 'no',
			retryable: true,
		});
	});

	it('says that nothing was charged when the service cannot be reached', async () => {
		const gone = await new Simulator().start();
		await gone.stop();
		const input = bench.dreaminaInput({ image_urls: 'https://files.example.com/picture.png' });
		const execution = await bench.runFast(fieldInput(input), { credential: { modelApiUrl: gone.url } });

		expect(execution.error('RunComfy')).toMatchObject({
			message: "Couldn't connect to RunComfy",
			description: expect.stringContaining('connection refused'),
			context: { details: { code: 'service_unavailable', charged: 'no', retryable: true } },
		});
		expect(execution.error('RunComfy')?.description).toContain('Nothing was charged');
	});

	it.each([400, 404, 405, 409, 413, 415, 422])('is a refusal with HTTP %d', async (status) => {
		bench.simulator.fault({ on: 'submit', action: answer(status, '{"message":"no"}') });
		const execution = await bench.run(fieldInput(bench.dreaminaInput()));

		expect(bench.simulator.calls('submit')).toHaveLength(1);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({ charged: 'no', http_status: status });
	});
});

describe('reads', () => {
	it.each<[string, FaultAction]>([
		['a dropped connection', { type: 'drop' }],
		['HTTP 500', answer(500)],
		['HTTP 429', answer(429)],
		['HTTP 408', answer(408)],
		['half a JSON', { type: 'truncate', share: 0.5 }],
		['an answer cut on the way', { type: 'cut', share: 0.5 }],
		['an empty body', answer(200)],
	])('are tried again after %s', async (_what, action) => {
		for (const on of ['model', 'status', 'result'] as const) bench.simulator.fault({ on, times: 2, action });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
		expect(execution.hints('RunComfy')).toEqual([]);
		expect(bench.simulator.calls('submit')).toHaveLength(1);
		for (const on of ['model', 'status', 'result'] as const) expect(bench.simulator.calls(on)).toHaveLength(3);
	});
});

describe('reads about a request that runs', () => {
	it('outlast a service that is down for a while', async () => {
		bench.simulator.fault({ on: 'status', times: 6, action: answer(503) });
		bench.simulator.fault({ on: 'result', times: 6, action: { type: 'drop' } });
		const execution = await bench.runFast(fieldInput(bench.dreaminaInput()));

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
	});

	it('all come later when the service asks one of them to', async () => {
		bench.simulator.settings.plan.runMs = 30_000;
		bench.simulator.fault({ on: 'status', skip: 8, times: 1, action: answer(429, '{}', { 'retry-after': '12' }) });
		await bench.runFast(fieldInput(bench.dreaminaInput(), { downloadOutput: false }), {
			items: Array.from({ length: 5 }, () => ({ json: {} })),
		});
		bench.simulator.settings.plan.runMs = 0;

		const reads = bench.simulator.calls('status');
		const refused = reads.find(({ status }) => status === 429)!;
		// One that was on its way already may come in the same moment.
		const next = reads.filter(({ at }) => at > refused.at + 1_000).map(({ at }) => at - refused.at);
		expect(Math.min(...next)).toBeGreaterThanOrEqual(11_000);
	});
});

describe('the token', () => {
	it('goes over no redirect, and to no file host', async () => {
		const elsewhere = await new Simulator().start();
		bench.simulator.fault({
			on: 'balance',
			action: answer(302, '', { location: `${elsewhere.url}/prod/v2/balance` }),
		});
		const balance = await bench.run({ resource: 'account', operation: 'getBalance' });
		await bench.run(fieldInput(bench.dreaminaInput()));
		await elsewhere.stop();

		expect(balance.error('RunComfy')?.context.details).toMatchObject({ code: 'unexpected_response' });
		expect(elsewhere.received).toHaveLength(0);
		expect(bench.simulator.calls('file').map(({ headers }) => headers.authorization)).toEqual([undefined]);
		expect(bench.simulator.calls('submit')[0]?.headers.authorization).toBe(`Bearer ${bench.credential().apiToken}`);
	});
});

describe('the ID in a malformed response to a submit', () => {
	const id = '3f6c1c0e-8a5b-4c57-9a43-2d0f1b7e6a90';
	const answered = async (body: string) => {
		bench.simulator.fault({
			on: 'submit',
			action: { type: 'answer', status: 200, body, headers: { 'content-type': 'application/json' } },
		});
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
		return { details: execution.error('RunComfy')?.context.details, json: execution.items('RunComfy')[0]?.json };
	};

	it.each([
		['cut', `{"request_id":"${id}","status":`],
		['with a comma too many', `{"request_id":"${id}",}`],
		['two documents', `{"request_id":"${id}"}{}`],
	])('is named in the failure (%s)', async (_how, body) => {
		expect((await answered(body)).details).toMatchObject({
			code: 'submit_outcome_unknown',
			charged: 'unknown',
			request_id: id,
		});
	});

	it.each([
		['in data', `{"data":{"request_id":"${id}"}}`],
		['in a list', `[{"request_id":"${id}"}]`],
	])('counts where a gateway has wrapped it (%s)', async (_how, body) => {
		expect((await answered(body)).json).toMatchObject({ request_id: id });
	});

	it('is named when the connection breaks off behind it', async () => {
		bench.simulator.fault({ on: 'submit', action: { type: 'cut', share: 0.9 } });
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));

		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'submit_outcome_unknown',
			request_id: bench.simulator.accepted[0]?.id,
		});
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});
});
