import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { TOKENS } from '../simulator/accounts';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { FAULT_KINDS } from './support/faultKinds';
import { startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());

const chosen = (value: unknown, mode = 'id') => ({ __rl: true, mode, value }) as never;
const parameters = (operation: string, more: INodeParameters = {}): INodeParameters => ({
	resource: 'deployment',
	operation,
	...more,
});
const get = (value: unknown, more: INodeParameters = {}) => parameters('get', { deployment: chosen(value), ...more });
const update = (updateFields: IDataObject, value: unknown = DEPLOYMENTS.textToImage) =>
	parameters('update', { deployment: chosen(value), updateFields: updateFields as never });

describe('deployment: get', () => {
	it('returns the deployment, and its workflow only on request', async () => {
		const plain = await bench.run(get(DEPLOYMENTS.textToImage));
		const full = await bench.run(get(DEPLOYMENTS.textToImage, { includePayload: true }));

		const fields = { id: DEPLOYMENTS.textToImage, name: 'SDXL text to image', workflow_version: 'v2' };
		expect(plain.items('RunComfy').map(({ json }) => json)).toEqual([expect.objectContaining(fields)]);
		expect(plain.items('RunComfy')[0]?.json).not.toHaveProperty('payload');
		expect(full.items('RunComfy')[0]?.json).toMatchObject({
			...fields,
			payload: {
				workflow_api_json: { '6': { class_type: 'CLIPTextEncode' } },
				overrides: { '6': { inputs: { text: 'a lighthouse at dusk' } } },
				object_info_url: expect.stringMatching(/^http/),
			},
		});
		expect(bench.simulator.calls('deployment').map(({ path }) => path)).toEqual([
			`/prod/v2/deployments/${DEPLOYMENTS.textToImage}`,
			`/prod/v2/deployments/${DEPLOYMENTS.textToImage}?includes=payload`,
		]);
	});

	it('keeps every digit of a saved seed', async () => {
		bench.simulator.platform.of(DEPLOYMENTS.lora).name = 'SEED';
		const body = `{"id":"${DEPLOYMENTS.lora}","payload":{"workflow_api_json":{"3":{"inputs":{"seed":18446744073709551615}}}}}`;
		bench.simulator.fault({ on: 'deployment', action: { type: 'answer', status: 200, body } });
		const execution = await bench.run(get(DEPLOYMENTS.lora, { includePayload: true }));

		expect(JSON.stringify(execution.items('RunComfy')[0]?.json)).toContain('18446744073709551615');
	});

	it.each([
		['an ID in capitals', DEPLOYMENTS.imageToVideo.toUpperCase()],
		['a page of the site', `https://www.runcomfy.com/comfyui-api/deployments/${DEPLOYMENTS.imageToVideo}/overview`],
		[
			'a URL that a submit returned',
			`https://api.runcomfy.net/prod/v2/deployments/${DEPLOYMENTS.imageToVideo}/requests/0b1f7c9e-0000-4000-8000-0000000000aa/status`,
		],
	])('takes %s', async (_what, value) => {
		const execution = await bench.run(get(value));

		expect(execution.items('RunComfy')[0]?.json.id).toBe(DEPLOYMENTS.imageToVideo);
	});

	it.each([
		['', 'No deployment is selected'],
		['SDXL text to image', 'Deployment "SDXL text to image" isn\'t a deployment ID'],
		['https://www.runcomfy.com/models/bytedance/dreamina-3-0/image-to-video', 'is the page of a model'],
		['https://example.com/d0000000-0000-4000-8000-000000000001', "isn't a RunComfy URL"],
		['https://www.runcomfy.com/pricing', "doesn't contain a deployment ID"],
	])('refuses "%s" and says what is wanted', async (value, message) => {
		const execution = await bench.run(get(value));

		expect(execution.error('RunComfy')).toMatchObject({
			message: expect.stringContaining(message),
			description: expect.stringContaining('Select a deployment from the list, or enter its ID'),
			context: { details: { code: 'invalid_input', charged: 'no' } },
		});
		expect(bench.simulator.received).toEqual([]);
	});

	it.each([
		['of another account', DEPLOYMENTS.foreign],
		['that nobody has', 'd0000000-0000-4000-8000-0000000000aa'],
	])('says that a deployment %s is unknown', async (_what, id) => {
		const execution = await bench.run(get(id), { node: { onError: 'continueRegularOutput' } });

		expect(execution.items('RunComfy')[0]?.json.error).toEqual({
			message: `RunComfy has no deployment "${id}"`,
			description: expect.stringContaining("doesn't belong to the account of this API token"),
			code: 'not_found',
			deployment_id: id,
			http_status: 404,
			retryable: false,
			charged: 'no',
		});
	});
});

describe('a read of deployments', () => {
	it.each(Object.entries(FAULT_KINDS))(
		'that meets %s once succeeds or names what went wrong',
		async (name, action) => {
			for (const on of ['deployment', 'deployments'] as const) bench.simulator.fault({ on, action, times: 1 });
			const one = await bench.runFast(get(DEPLOYMENTS.textToImage));
			const all = await bench.runFast(parameters('getAll'));

			// What a service may say for good is not asked again.
			const isFinal = ['a redirect', 'HTTP 404'].includes(name);
			expect([one, all].map((execution) => execution.items('RunComfy').length)).toEqual(
				isFinal ? [0, 0] : [1, 4],
			);
			if (isFinal) expect(one.error('RunComfy')?.context.details?.deployment_id).toBe(DEPLOYMENTS.textToImage);
		},
	);
});

describe('deployment: get many', () => {
	it.each(['array', 'wrapped'] as const)('returns the deployments of the account (%s)', async (listShape) => {
		bench.simulator.platform.settings.listShape = listShape;
		const execution = await bench.run(parameters('getAll', { returnAll: true }));

		expect(execution.items('RunComfy').map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual(
			[DEPLOYMENTS.caption, DEPLOYMENTS.imageToVideo, DEPLOYMENTS.textToImage, DEPLOYMENTS.lora].map((id) => [
				id,
				{ item: 0 },
			]),
		);
	});

	it('returns no more than the limit, and those of the other account with its token', async () => {
		const limited = await bench.run(parameters('getAll', { limit: 2 }));
		const other = await bench.run(parameters('getAll'), { token: TOKENS.other });

		expect(limited.items('RunComfy')).toHaveLength(2);
		expect(other.items('RunComfy').map(({ json }) => json.id)).toEqual([DEPLOYMENTS.foreign]);
	});

	it.each(['{"deployments":null}', '{}', '"none"', '[] []'])('takes %s for no list', async (body) => {
		bench.simulator.fault({ on: 'deployments', action: { type: 'answer', status: 200, body } });
		const execution = await bench.runFast(parameters('getAll'));

		expect(execution.error('RunComfy')?.context.details?.code).toBe('unexpected_response');
	});
});

describe('deployment: update', () => {
	it('sends the name that it has with what changes, and nothing else', async () => {
		const execution = await bench.run(update({ isEnabled: false, minInstances: '1', keepWarmSeconds: 0 }));

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({
			id: DEPLOYMENTS.textToImage,
			is_enabled: false,
			min_instances: 1,
			keep_warm_duration_in_seconds: 0,
			queue_size: 1,
		});
		expect(bench.simulator.received.map(({ method }) => method)).toEqual(['GET', 'PATCH']);
		expect(JSON.parse(bench.simulator.received[1]!.body)).toEqual({
			name: 'SDXL text to image',
			is_enabled: false,
			min_instances: 1,
			keep_warm_duration_in_seconds: 0,
		});
	});

	it.each<[IDataObject, string]>([
		[{}, 'Update Fields is empty'],
		[{ isEnabled: '' }, 'Update Fields is empty'],
		[{ isEnabled: 'yes' }, 'Enabled must be true or false'],
		[{ minInstances: -1 }, 'Min Instances must be a number of at least 0'],
		[{ maxInstances: 0 }, 'Max Instances must be a number of at least 1'],
		[{ queueSize: -1 }, 'Queue Size must be a number of at least 0'],
		[{ queueSize: 1.5 }, 'Queue Size must be a whole number, not 1.5'],
		[{ minInstances: 3, maxInstances: 2 }, 'Min Instances (3) is larger than Max Instances (2)'],
	])('refuses %j before any call', async (fields, message) => {
		const execution = await bench.run(update(fields));

		expect(execution.error('RunComfy')?.message).toContain(message);
		expect(bench.simulator.received).toEqual([]);
	});

	it('names what RunComfy refuses', async () => {
		const body = JSON.stringify({
			http_code: 422,
			error_code: 422001,
			message: 'Validation',
			detail: [{ loc: ['body', 'max_instances'], msg: 'at most 10' }],
		});
		bench.simulator.fault({ on: 'updateDeployment', action: { type: 'answer', status: 422, body } });
		const execution = await bench.run(update({ maxInstances: 60 }));

		expect(execution.error('RunComfy')).toMatchObject({
			description: expect.stringContaining('max_instances: at most 10'),
			context: { details: { code: 'invalid_input', deployment_id: DEPLOYMENTS.textToImage } },
		});
	});

	it.each(Object.entries(FAULT_KINDS))('that meets %s once is made or said to have failed', async (_name, action) => {
		bench.simulator.fault({ on: 'updateDeployment', action, times: 1, carriedOut: true });
		const execution = await bench.runFast(update({ queueSize: 4 }));

		const deployment = bench.simulator.platform.of(DEPLOYMENTS.textToImage);
		expect(deployment.queue_size).toBe(4);
		const { details } = execution.error('RunComfy')?.context ?? {};
		if (details) expect(details).toMatchObject({ deployment_id: DEPLOYMENTS.textToImage, charged: 'no' });
		else expect(execution.items('RunComfy')[0]?.json.queue_size).toBe(4);
	});
});
