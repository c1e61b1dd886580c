import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { TOKENS } from '../simulator/accounts';
import type { FaultAction } from '../simulator/faults';
import { DREAMINA, fieldInput, jsonInput, useBench, type RunSettings } from './support/setup';

const bench = useBench();

const answer = (status: number, body: string | object = '', headers = {}): FaultAction => ({
	type: 'answer',
	status,
	headers,
	body: typeof body === 'string' ? body : JSON.stringify(body),
});

/** Runs a node that fails, and returns what it threw; checked to be the same under Continue On Fail. */
async function failureOf(
	parameters: INodeParameters,
	settings: RunSettings = {},
	prepare = () => {},
): Promise<IDataObject> {
	prepare();
	const thrown = (await bench.runFast(parameters, settings)).error('RunComfy');
	expect(thrown?.context.itemIndex).toBe(0);
	const details = thrown?.context.details ?? {};
	expect(thrown).toMatchObject({ message: details.message });
	expect(thrown?.description ?? undefined).toBe(details.description);
	expect(JSON.stringify(thrown)).not.toContain(TOKENS.main);
	return details;
}

/** Makes the simulator accept a request, and returns its id. */
async function submitted(token?: string): Promise<string> {
	const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }), { token });
	return String(execution.items('RunComfy')[0]?.json.request_id);
}

describe('the credential', () => {
	it('without a token', async () => {
		const details = await failureOf(fieldInput(bench.dreaminaInput()), { credential: { apiToken: ' ' } });

		expect(details).toMatchObject({ code: 'unauthorized', charged: 'no', retryable: false });
		expect(details.message).toBe('The RunComfy API credential has no API token');
		expect(bench.simulator.received).toHaveLength(0);
	});

	it('with a wrong token', async () => {
		const details = await failureOf(fieldInput(bench.dreaminaInput()), { token: 'not-the-token' });

		expect(details).toMatchObject({ code: 'unauthorized', http_status: 401, charged: 'no' });
		expect(details.description).toContain('runcomfy.com/profile');
		expect(bench.simulator.calls('submit')).toHaveLength(0);
		expect(bench.simulator.calls('model')).toHaveLength(1);
	});

	it('of an account without a balance', async () => {
		const details = await failureOf(fieldInput(bench.dreaminaInput()), { token: TOKENS.poor });

		expect(details).toMatchObject({
			code: 'insufficient_balance',
			http_status: 402,
			charged: 'no',
			model_id: DREAMINA,
		});
		expect(details.description).toContain('Nothing was charged');
	});

	it('with an endpoint that is not a URL', async () => {
		const details = await failureOf(fieldInput({}), { credential: { modelApiUrl: 'runcomfy' } });

		expect(details.message).toBe("Model API URL in the RunComfy API credential isn't a URL");
	});
});

describe('the input', () => {
	it('names every missing and wrong field at once, and nothing is sent', async () => {
		const details = await failureOf(fieldInput({ number_of_frames: 100, resolution: '4K', seed: 'many' }));

		expect(details).toMatchObject({ code: 'invalid_input', charged: 'no', model_id: DREAMINA });
		expect(details.message).toBe(
			`The input doesn't fit the model: Prompt is required, but empty; Image is required, but empty; Number of Frames must be 121 or 241, not 100; Resolution must be "720P" or "1080P", not "4K"; Seed must be a whole number, not "many"`,
		);
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('names the properties when it comes as JSON', async () => {
		const details = await failureOf(jsonInput(bench.dreaminaInput({ number_of_frames: 100 })));

		expect(details.message).toContain('Number of Frames (number_of_frames) must be 121 or 241');
	});

	it.each([
		[
			'a text that is too long',
			{ prompt: 'x'.repeat(801) },
			'Prompt must have at most 800 characters, but has 801',
		],
		[
			'too many pictures',
			{ image_urls: ['https://a.example/1.png', 'https://a.example/2.png'] },
			'Image must have at most one entry, but has 2',
		],
		[
			'no address',
			{ image_urls: 'picture.png' },
			'Image must be the URL of a file (https://...) or sent with Binary Inputs, not "picture.png"',
		],
		['a yes for a number', { seed: true }, 'Seed must be a whole number, not true'],
		['half a seed', { seed: 1.5 }, 'Seed must be a whole number, not 1.5'],
		['an object for a text', { prompt: { text: 'x' } }, 'Prompt must be text'],
	])('may not hold %s', async (_what, more, sentence) => {
		const details = await failureOf(fieldInput(bench.dreaminaInput(more)));

		expect(details.message).toContain(sentence);
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it.each(['{"prompt": "x",}', '[1]', '"text"', '12'])('has to be a JSON object, not %s', async (inputJson) => {
		const details = await failureOf({ operation: 'submit', specifyInput: 'json', inputJson });

		expect(details).toMatchObject({
			code: 'invalid_input',
			message: "Input (JSON) isn't a JSON object",
			charged: 'no',
		});
	});

	it.each(['', '   ', 'nonsense', 'https://example.com/models/a/b', '../../requests', 'a/../b'])(
		'needs a model, which "%s" is not',
		async (value) => {
			const details = await failureOf(fieldInput({}, { model: { __rl: true, mode: 'id', value } as never }));

			expect(details).toMatchObject({ code: 'invalid_input', charged: 'no' });
			expect(details.message).toMatch(/^Model /);
			expect(bench.simulator.received).toHaveLength(0);
		},
	);

	it('with an unknown model is refused by the service, free of charge', async () => {
		const model = { __rl: true, mode: 'id', value: 'bytedance/dreamina-9/image-to-video' } as never;
		const details = await failureOf(fieldInput(bench.dreaminaInput(), { model }));

		expect(details).toMatchObject({
			code: 'not_found',
			charged: 'no',
			model_id: 'bytedance/dreamina-9/image-to-video',
		});
		expect(details.description).toContain('Select the model from the list');
		expect(details.description).toMatch(/^Did you mean bytedance\/dreamina-3-0\/image-to-video/);
		// The similar ones are known before the submit, so that nothing delays its failure.
		expect(bench.simulator.calls('models')).toHaveLength(1);
	});

	it('with an unknown model is refused also where the catalog cannot name similar ones', async () => {
		const model = { __rl: true, mode: 'id', value: 'bytedance/dreamina-9/image-to-video' } as never;
		const details = await failureOf(fieldInput(bench.dreaminaInput(), { model }), {}, () =>
			bench.simulator.fault({ on: 'models', action: answer(404, {}) }),
		);

		expect(details).toMatchObject({ code: 'not_found', charged: 'no' });
		expect(details.description).not.toContain('Did you mean');
	});

	it("shows RunComfy's reason when the service refuses it", async () => {
		const details = await failureOf(fieldInput(bench.dreaminaInput()), {}, () =>
			bench.simulator.fault({
				on: 'submit',
				action: answer(422, {
					detail: [{ loc: ['body', 'prompt'], msg: 'contains a <b>name</b>', type: 'value' }],
				}),
			}),
		);

		expect(details).toMatchObject({ code: 'invalid_input', http_status: 422, charged: 'no' });
		expect(details.description).toContain('RunComfy says: "prompt: contains a ‹b›name‹/b›"');
	});
});

describe('a request', () => {
	it.each(['wait', 'getStatus', 'getResult', 'cancel'])('that is unknown: %s', async (operation) => {
		const requestId = '00000000-dead-beef-0000-000000000000';
		const details = await failureOf({ operation, requestId });

		expect(details).toMatchObject({
			code: 'not_found',
			request_id: requestId,
			http_status: 404,
			charged: 'unknown',
		});
		expect(details.message).toContain(requestId);
	});

	it.each(['wait', 'getStatus', 'getResult', 'cancel'])("that is someone else's: %s", async (operation) => {
		const requestId = await submitted(TOKENS.other);
		const details = await failureOf({ operation, requestId });

		expect(details).toMatchObject({
			code: 'forbidden',
			request_id: requestId,
			http_status: 403,
			charged: 'unknown',
		});
	});

	it.each(['', '  ', 'two words', 'a/b', '..'])('whose id is "%s" is not asked for', async (requestId) => {
		const details = await failureOf({ operation: 'getStatus', requestId });

		expect(details).toMatchObject({ code: 'invalid_input', message: expect.stringMatching(/^Request ID /) });
		expect(bench.simulator.received).toHaveLength(0);
	});

	it.each([
		[
			'an object',
			{ message: 'The picture shows a real person', code: 12 },
			'The picture shows a real person',
			0,
			'no',
		],
		['a text', 'Content policy', 'Content policy', 0.12, 'yes'],
		['nothing', undefined, 'RunComfy gave no reason', undefined, 'unknown'],
		['anything else', { weird: [1] }, '{"weird":[1]}', 0, 'no'],
	])('that fails, with %s as the reason', async (_what, reason, text, cost, charged) => {
		const plan = { outcome: 'failed' as const, reason, ...(cost === undefined ? {} : { cost }) };
		bench.simulator.nextPlans.push(plan);
		const options = cost === undefined ? { includeCost: false } : {};
		const details = await failureOf(fieldInput(bench.dreaminaInput(), { options }));

		const id = bench.simulator.accepted[0]!.id;
		expect(details).toMatchObject({
			code: 'generation_failed',
			status: 'failed',
			request_id: id,
			charged,
			retryable: false,
		});
		expect(details.message).toBe(`The generation failed: ${text} (request ${id})`);
	});

	it('that was cancelled elsewhere', async () => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		const requestId = await submitted();
		bench.simulator.requests.cancel(bench.simulator.accepted[0]!);
		const details = await failureOf({ operation: 'wait', requestId });

		expect(details).toMatchObject({ code: 'cancelled', status: 'cancelled', request_id: requestId, charged: 'no' });
	});
});

describe('unexpected responses to a read', () => {
	it.each([
		[
			'a web page',
			answer(200, '<!doctype html><h1>Hi</h1>'),
			'unexpected_response',
			'The response was a web page (HTTP 200).',
		],
		['an empty body', answer(200), 'unexpected_response', 'The response was empty (HTTP 200).'],
		[
			'half a JSON',
			{ type: 'truncate' as const, share: 0.5 },
			'unexpected_response',
			"The response wasn't JSON (HTTP 200).",
		],
		['a list', answer(200, '[]'), 'unexpected_response', 'HTTP status 200'],
		['no status', answer(200, '{"request_id":"r"}'), 'unexpected_response', '"status"'],
		['a redirect', answer(302, '', { location: 'https://example.com/' }), 'unexpected_response', 'another URL'],
		['a 200 with an error code', answer(200, { error_code: 404001, error_message: 'gone' }), 'not_found', 'gone'],
		[
			'a 200 with an unknown error code',
			answer(200, { error_code: 500123, error_message: 'boom' }),
			'service_unavailable',
			'boom',
		],
		[
			'HTTP 500 with a known error code',
			answer(500, { error_code: 400004 }),
			'unauthorized',
			'runcomfy.com/profile',
		],
		['HTTP 503', answer(503, 'busy'), 'service_unavailable', 'busy'],
		['HTTP 429', answer(429, '{}'), 'rate_limited', 'too many calls'],
		['no answer', { type: 'drop' as const }, 'service_unavailable', 'connection closed'],
	])('%s', async (_what, action, code, sentence) => {
		const requestId = await submitted();
		const details = await failureOf({ operation: 'getStatus', requestId }, {}, () =>
			bench.simulator.fault({ on: 'status', action }),
		);

		expect(details).toMatchObject({ code, request_id: requestId, charged: 'unknown' });
		expect(details.description).toContain(sentence);
	});

	it.each([
		{ error_code: 404001, error_message: 'said by RunComfy' },
		{ message: 'said by RunComfy' },
		{ error: 'said by RunComfy' },
		{ error: { message: 'said by RunComfy' } },
		{ detail: 'said by RunComfy' },
		{ http_code: 404, error_message: 'said by RunComfy' },
		'said by RunComfy',
	])('is told in its own words: %j', async (body) => {
		const details = await failureOf({ operation: 'getStatus', requestId: 'r-1' }, {}, () =>
			bench.simulator.fault({ on: 'status', action: answer(404, body) }),
		);

		expect(details).toMatchObject({ code: 'not_found', http_status: 404 });
		expect(details.description).toContain('RunComfy says: "said by RunComfy"');
	});

	it('never shows the token, even when the service echoes it', async () => {
		const details = await failureOf({ operation: 'getStatus', requestId: 'r-1' }, {}, () =>
			bench.simulator.fault({
				on: 'status',
				action: answer(401, { message: `bad header Bearer ${bench.credential().apiToken}` }),
			}),
		);

		expect(details.description).toContain('Bearer [token]');
	});

	it('keeps its own words where n8n would replace them', async () => {
		const details = await failureOf({ operation: 'getStatus', requestId: 'econnreset-eperm' });

		expect(details.message).toBe('RunComfy has no such request (request econnreset-eperm)');
	});
});

describe('Continue On Fail', () => {
	const items = [{ json: { frames: 121 } }, { json: { frames: 100 } }, { json: { frames: 241 } }];
	const parameters = () => fieldInput(bench.dreaminaInput({ number_of_frames: '={{ $json.frames }}' }));

	it('turns the failure into an item and continues', async () => {
		const execution = await bench.run(parameters(), { items, node: { onError: 'continueRegularOutput' } });

		const output = execution.items('RunComfy');
		expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }]);
		expect(output.map(({ json }) => json.status)).toEqual(['succeeded', undefined, 'succeeded']);
		expect(output[1]?.json).toEqual({
			error: {
				message: expect.stringContaining('Number of Frames'),
				description: expect.any(String),
				code: 'invalid_input',
				model_id: DREAMINA,
				retryable: false,
				charged: 'no',
			},
		});
	});

	it('sends the failure to the error output, with the input beside it', async () => {
		const execution = await bench.run(parameters(), { items, node: { onError: 'continueErrorOutput' } });

		expect(execution.items('RunComfy', 0)).toHaveLength(2);
		const [failed] = execution.items('RunComfy', 1);
		expect(failed?.json).toMatchObject({ frames: 100, error: { code: 'invalid_input', charged: 'no' } });
		expect(execution.items('Failed')).toHaveLength(1);
	});

	it('carries on what n8n itself refuses, as the failure of the item', async () => {
		const execution = await bench.run(fieldInput(bench.dreaminaInput({ prompt: '={{ $json.missing.part }}' })), {
			node: { onError: 'continueRegularOutput' },
		});

		expect(execution.items('RunComfy')[0]?.json.error).toMatchObject({ code: 'invalid_input', charged: 'no' });
	});

	it('serves a later Wait by the request id inside the failure', async () => {
		bench.simulator.nextPlans.push({ runMs: 600_000 });
		const first = await bench.run(fieldInput(bench.dreaminaInput(), { options: { maxWaitTime: 0 } }), {
			node: { onError: 'continueRegularOutput' },
		});
		const waited = await bench.runFast(
			{ operation: 'wait', requestId: '={{ $json.request_id ?? $json.error?.request_id }}' },
			{ items: first.items('RunComfy').map(({ json }) => ({ json })) },
		);

		expect(waited.items('RunComfy')[0]?.json).toMatchObject({
			request_id: bench.simulator.accepted[0]!.id,
			status: 'succeeded',
		});
	});
});
