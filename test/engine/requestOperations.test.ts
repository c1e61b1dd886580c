import { DREAMINA, fieldInput, useBench, type Bench } from './support/setup';

const bench = useBench();

/** Submits a request that goes as planned, and returns its id. */
async function submitted(plan: Bench['simulator']['nextPlans'][number] = {}): Promise<string> {
	bench.simulator.nextPlans.push(plan);
	const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
	return String(execution.items('RunComfy')[0]?.json.request_id);
}

async function jsonOf(operation: string, requestId: string, more = {}) {
	const execution = await bench.run({ operation, requestId, ...more });
	expect(execution.error('RunComfy')).toBeUndefined();
	return execution.items('RunComfy')[0]?.json;
}

describe('submit', () => {
	it.each([200, 202])('returns at once with what RunComfy says, answered with HTTP %d', async (submitStatus) => {
		bench.simulator.settings.submitStatus = submitStatus;
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
		bench.simulator.settings.submitStatus = 200;

		const id = bench.simulator.accepted[0]!.id;
		const url = `${bench.simulator.url}/v1/requests/${id}`;
		expect(execution.items('RunComfy')[0]?.json).toEqual({
			request_id: id,
			model_id: DREAMINA,
			status: 'in_queue',
			status_url: `${url}/status`,
			result_url: `${url}/result`,
			cancel_url: `${url}/cancel`,
		});
		expect(bench.simulator.calls('status')).toHaveLength(0);
	});

	it('makes up the URLs that RunComfy leaves out', async () => {
		bench.simulator.fault({ on: 'submit', action: { type: 'answer', status: 200, body: '{"request_id":"r-1"}' } });
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({
			request_id: 'r-1',
			status: 'in_queue',
			result_url: `${bench.simulator.url}/v1/requests/r-1/result`,
		});
	});
});

describe('wait', () => {
	it('fetches what was submitted earlier, by the request id of the incoming item', async () => {
		const requestId = await submitted();
		const execution = await bench.run({ operation: 'wait' }, { items: [{ json: { request_id: requestId } }] });

		const [item] = execution.items('RunComfy');
		expect(item?.json).toMatchObject({
			request_id: requestId,
			model_id: DREAMINA,
			status: 'succeeded',
			cost: 0.12,
		});
		expect(item?.binary?.data?.mimeType).toBe('video/mp4');
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});
});

describe('get status', () => {
	it.each([
		[{ queueMs: 60_000 }, { status: 'in_queue', queue_position: 1 }],
		[{ runMs: 60_000 }, { status: 'in_progress' }],
		[{}, { status: 'completed' }],
		[{ statusWord: 'Succeeded' }, { status: 'completed', raw_status: 'Succeeded' }],
		[{ statusWord: 'canceled' }, { status: 'cancelled', raw_status: 'canceled' }],
		[{ statusWord: 'polishing' }, { status: 'polishing' }],
	])('%j is %j', async (plan, expected) => {
		const requestId = await submitted(plan);
		const json = await jsonOf('getStatus', requestId);

		expect(json).toEqual({
			request_id: requestId,
			status_url: expect.any(String),
			result_url: expect.any(String),
			...expected,
		});
		expect(bench.simulator.calls('status')).toHaveLength(1);
	});
});

describe('get result', () => {
	it('returns a finished result with its files', async () => {
		const requestId = await submitted();
		const execution = await bench.run({ operation: 'getResult', requestId });

		const [item] = execution.items('RunComfy');
		expect(item?.json).toMatchObject({ request_id: requestId, status: 'succeeded', cost: 0.12 });
		expect(item?.json.output_urls).toHaveLength(1);
		expect(item?.json.files).toHaveLength(1);
		expect(item?.binary?.data?.mimeType).toBe('video/mp4');
	});

	it('takes a failed generation as data, without a top-level error', async () => {
		const requestId = await submitted({ outcome: 'failed', reason: { message: 'no' } });
		const json = await jsonOf('getResult', requestId);

		expect(json).toMatchObject({
			request_id: requestId,
			status: 'failed',
			failure: { message: 'no' },
			output_urls: [],
		});
		expect(json).not.toHaveProperty('error');
	});

	it.each([
		['state', { queueMs: 60_000 }, 'in_queue'],
		['state', { runMs: 60_000 }, 'in_progress'],
		['error', { queueMs: 60_000 }, 'in_queue'],
		['error', { runMs: 60_000 }, 'in_progress'],
	] as const)('takes "not ready" (%s) as data: %j is %s', async (notReadyAs, plan, status) => {
		bench.simulator.settings.notReadyAs = notReadyAs;
		const requestId = await submitted(plan);
		const json = await jsonOf('getResult', requestId);
		bench.simulator.settings.notReadyAs = 'state';

		expect(json).toMatchObject({ request_id: requestId, status });
	});

	it('takes a cancelled request as data', async () => {
		const requestId = await submitted({ queueMs: 60_000 });
		bench.simulator.requests.cancel(bench.simulator.accepted[0]!);

		expect(await jsonOf('getResult', requestId)).toMatchObject({ request_id: requestId, status: 'cancelled' });
	});
});

describe('cancel', () => {
	it('cancels a queued request', async () => {
		const requestId = await submitted({ queueMs: 60_000 });

		expect(await jsonOf('cancel', requestId)).toEqual({
			request_id: requestId,
			outcome: 'cancelled',
			status: 'cancelled',
		});
	});

	it.each([
		[{ runMs: 60_000 }, 'in_progress'],
		[{}, 'completed'],
	])('takes "not cancellable" as data: %j is %s', async (plan, status) => {
		const requestId = await submitted(plan);

		expect(await jsonOf('cancel', requestId)).toEqual({
			request_id: requestId,
			outcome: 'not_cancellable',
			status,
		});
	});

	it('understands a response without an outcome', async () => {
		const requestId = await submitted({ queueMs: 60_000 });
		const body = '{"status":"cancellation_requested"}';
		bench.simulator.fault({ on: 'cancel', action: { type: 'answer', status: 202, body } });

		expect(await jsonOf('cancel', requestId)).toMatchObject({
			outcome: 'cancelled',
			status: 'cancellation_requested',
		});
	});
});

describe('as an AI tool', () => {
	it('returns the failure, which says what to change', async () => {
		const execution = await bench.run(fieldInput(bench.dreaminaInput({ number_of_frames: 100 })), {
			node: { type: 'n8n-nodes-runcomfy.runComfyTool' },
		});

		expect(execution.run.status).toBe('success');
		expect(execution.items('RunComfy')[0]?.json).toEqual({
			error: expect.objectContaining({
				code: 'invalid_input',
				charged: 'no',
				message: expect.stringContaining('Number of Frames must be 121 or 241, not 100'),
			}),
		});
	});

	it('waits a minute at most, returns the id instead of an error, and fetches no files', async () => {
		const tool = { type: 'n8n-nodes-runcomfy.runComfyTool' };
		bench.simulator.nextPlans.push({ runMs: 600_000 }, {});
		const slow = await bench.runFast(fieldInput(bench.dreaminaInput()), { node: tool });
		const quick = await bench.run(fieldInput(bench.dreaminaInput()), { node: tool });

		expect(slow.items('RunComfy')[0]?.json).toEqual({
			request_id: bench.simulator.accepted[0]!.id,
			model_id: DREAMINA,
			status: 'in_progress',
			timed_out: true,
			waited_seconds: expect.any(Number),
		});
		expect(quick.items('RunComfy')[0]?.json).toMatchObject({
			status: 'succeeded',
			output_urls: [expect.any(String)],
		});
		expect(quick.items('RunComfy')[0]?.binary).toBeUndefined();
		expect(bench.simulator.calls('file')).toHaveLength(0);
	});
});

describe('an expression that cannot be read', () => {
	it.each([{}, { onError: 'continueRegularOutput' }])(
		"is told in n8n's words, with what to do (%j)",
		async (node) => {
			const execution = await bench.run(
				{ operation: 'getStatus', requestId: "={{ $('Nowhere').item.json.id }}" },
				{ node },
			);

			const told =
				node.onError === undefined ? execution.error('RunComfy') : execution.items('RunComfy')[0]?.json.error;
			expect(told).toMatchObject({
				message: expect.stringMatching(/\S/),
				description: expect.stringContaining('correct the field marked in red'),
			});
			expect(bench.simulator.received).toHaveLength(0);
		},
	);
});
