import { deepCopy, type IDataObject } from 'n8n-workflow';

import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { INPUT_IMAGE, readMedia } from '../simulator/media';
import { useControlledClock } from './support/controlledClock';
import { deploymentLocator, workflowFields, workflowJson } from './support/deploymentInput';
import { useBench } from './support/setup';

/* Requests of deployed ComfyUI workflows, from the form to the item. */
const bench = useBench();
useControlledClock();

const platform = () => bench.simulator.platform;
const bodies = () => platform().accepted.map(({ bodyText }) => JSON.parse(bodyText) as IDataObject);
const details = async (parameters: Parameters<typeof bench.run>[0], more = {}) =>
	(await bench.run(parameters, more)).error('RunComfy')?.context.details;
const CONTINUE = { node: { onError: 'continueRegularOutput' } };
const OVERRIDES = { overrides: { '6': { inputs: { text: 'a red boat' } } } };

describe('Submit and Wait', () => {
	it('sends what the fields change, waits, and fetches the files with their nodes', async () => {
		platform().settings.coldStartMs = 120_000;
		const execution = await bench.run(workflowFields({ '6.text': 'a red boat', '3.seed': '18446744073709551615' }));

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(platform().accepted[0]?.bodyText).toContain('18446744073709551615');
		expect(platform().accepted[0]?.graph?.['6']?.inputs.text).toBe('a red boat');
		const [item] = execution.items('RunComfy');
		expect(item?.json).toMatchObject({
			request_id: platform().accepted[0]?.id,
			deployment_id: DEPLOYMENTS.textToImage,
			status: 'succeeded',
			outputs: expect.any(Object),
			files: [expect.objectContaining({ node_id: '9', mimeType: 'image/png' })],
		});
		expect(item?.json).not.toHaveProperty('output');
		expect(item?.json).not.toHaveProperty('model_id');
		expect((await bench.engine.readBinary(item!.binary!.data!)).length).toBeGreaterThan(100);
	});

	it('keeps the saved values of empty fields, and says when nothing is changed', async () => {
		const execution = await bench.run(workflowFields({ '6.text': '', '3.steps': null, '5.width': undefined }));

		expect(bodies()).toEqual([{ overrides: {} }]);
		expect(execution.items('RunComfy')[0]?.json.warnings).toEqual([
			expect.stringContaining('Nothing is changed in the saved workflow'),
		]);
	});

	it('tells of a result that ComfyUI had cached', async () => {
		platform().settings.cache = 'on';
		await bench.run(workflowFields({ '6.text': 'once' }));
		const execution = await bench.run(workflowFields({ '6.text': 'once' }));

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({
			status: 'succeeded',
			output_urls: [],
			warnings: [expect.stringContaining('ComfyUI had the result cached')],
		});
	});

	it('returns the texts of nodes as data', async () => {
		const parameters = workflowFields({}, { deployment: deploymentLocator(DEPLOYMENTS.caption) });
		const [item] = (await bench.run(parameters)).items('RunComfy');

		expect(item?.json.texts).toEqual([expect.any(String)]);
	});

	it.each([
		['as overrides', OVERRIDES],
		['as an overrides object', OVERRIDES.overrides],
		['as a flat map', { '6.text': 'a red boat' }],
		['as nodes without inputs', { '6': { text: 'a red boat' } }],
	])('takes JSON %s', async (_what, input) => {
		await bench.run(workflowJson(input));
		expect(bodies()).toEqual([OVERRIDES]);
	});

	it('takes another workflow, and the flat body of a LoRA', async () => {
		const graph = deepCopy(platform().of(DEPLOYMENTS.textToImage).workflow!);
		graph['6']!.inputs.text = 'another';
		await bench.run(workflowJson(graph));
		await bench.run(workflowJson({ prompt: 'me' }, { deployment: deploymentLocator(DEPLOYMENTS.lora) }));

		expect(bodies()).toEqual([{ workflow_api_json: graph }, { prompt: 'me' }]);
	});

	it('merges additional inputs, and null keeps the saved value', async () => {
		const options = { additionalInputs: '{"3.seed": 7, "6": {"inputs": {"text": null}}}' };
		await bench.run(workflowFields({ '6.text': 'gone' }, { options }));
		expect(bodies()).toEqual([{ overrides: { '3': { inputs: { seed: 7 } } } }]);
	});

	it('sends a file of the item to a media input', async () => {
		const { bytes } = readMedia(INPUT_IMAGE);
		const items = [{ json: {}, binary: { data: { data: bytes.toString('base64'), mimeType: 'image/jpeg' } } }];
		const parameters = workflowFields(
			{},
			{
				deployment: deploymentLocator(DEPLOYMENTS.imageToVideo),
				binaryInputs: { input: [{ field: '9.image', binaryPropertyName: 'data' }] },
			},
		);
		const imageNode = Object.entries(platform().of(DEPLOYMENTS.imageToVideo).workflow!).find(
			([, { class_type: type }]) => type === 'LoadImage',
		)![0];
		(parameters.binaryInputs as IDataObject).input = [{ field: `${imageNode}.image`, binaryPropertyName: 'data' }];
		const execution = await bench.run(parameters, { items });

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(platform().accepted[0]?.bodyText).toContain(`data:image/jpeg;base64,${bytes.toString('base64')}`);
	});

	it('works on many items at once, each with its own values, and reads the deployment once', async () => {
		const items = Array.from({ length: 30 }, (_, index) => ({ json: { text: `boat ${index}` } }));
		const execution = await bench.run(workflowFields({ '6.text': '={{ $json.text }}' }), { items });

		expect(execution.items('RunComfy')).toHaveLength(30);
		expect(new Set(platform().accepted.map(({ graph }) => graph?.['6']?.inputs.text)).size).toBe(30);
		expect(bench.simulator.calls('deployment')).toHaveLength(1);
		expect(bench.simulator.calls('objectInfo')).toHaveLength(1);
	});
});

describe('what would be refused', () => {
	it.each<[string, IDataObject, string]>([
		['a text for a number', { '3.steps': 'twenty' }, 'KSampler #3: steps must be a whole number'],
		['a number beyond its range', { '3.steps': 12_000 }, 'KSampler #3: steps must be at most 10000'],
		['a field whose node is gone', { '99.text': 'x' }, '99'],
		['a field whose input is gone', { '6.txt': 'x' }, 'text'],
	])('is not submitted: %s', async (_what, fields, message) => {
		expect(await details(workflowFields(fields))).toMatchObject({
			code: 'invalid_input',
			charged: 'no',
			deployment_id: DEPLOYMENTS.textToImage,
			message: expect.stringContaining(message),
		});
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it.each<[string, unknown, string]>([
		['both forms', { overrides: {}, workflow_api_json: {} }, ''],
		['the format of the editor', { nodes: [], links: [], last_node_id: 3 }, 'Export (API)'],
		['a list', '[1]', 'must be a JSON object'],
		['broken JSON', '{"6.text": "a', "isn't valid JSON"],
		['a model body', { prompt: 'x' }, 'LoRA'],
	])('as JSON: %s', async (what, input, message) => {
		const json =
			what === 'both forms'
				? { ...OVERRIDES, workflow_api_json: { '1': { class_type: 'A', inputs: {} } } }
				: input;
		const failure = await details(workflowJson(json));
		expect(failure).toMatchObject({ code: 'invalid_input', charged: 'no' });
		expect(`${failure?.message} ${failure?.description}`).toContain(message);
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('is submitted with a warning where the author wants that', async () => {
		const execution = await bench.run(workflowFields({ '3.steps': 12_000 }, { options: { validation: 'warn' } }));
		expect(platform().accepted).toHaveLength(1);
		expect(execution.items('RunComfy')[0]?.json.warnings).toEqual([
			expect.stringContaining('The input may not fit the workflow: KSampler #3: steps must be at most 10000'),
		]);
	});

	it('is every item before the first submit', async () => {
		const items = [{ json: { steps: 10 } }, { json: { steps: 'many' } }];
		expect(await details(workflowFields({ '3.steps': '={{ $json.steps }}' }), { items })).toMatchObject({
			code: 'invalid_input',
			message: expect.stringContaining('1 of 2 items'),
		});
		expect(platform().accepted).toHaveLength(0);
	});

	it('is a request of a disabled deployment, without a call', async () => {
		platform().of(DEPLOYMENTS.textToImage).is_enabled = false;
		const failure = await details(workflowFields({ '6.text': 'x' }));
		platform().of(DEPLOYMENTS.textToImage).is_enabled = true;
		expect(failure).toMatchObject({ code: 'deployment_disabled', charged: 'no' });
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it.each([
		['', 'No deployment is selected'],
		['my deployment', "isn't a deployment ID"],
		[DEPLOYMENTS.foreign, 'RunComfy has no deployment'],
	])('is the deployment %j', async (id, message) => {
		expect((await details(workflowFields({}, { deployment: deploymentLocator(id) })))?.message).toContain(message);
	});

	it('is media that is not there', async () => {
		const imageNode = Object.entries(platform().of(DEPLOYMENTS.imageToVideo).workflow!).find(
			([, { class_type: type }]) => type === 'LoadImage',
		)![0];
		const fields = { [`${imageNode}.image`]: `${bench.simulator.url}/files/inputs/nowhere.png` };
		const parameters = workflowFields(fields, { deployment: deploymentLocator(DEPLOYMENTS.imageToVideo) });
		expect(await details(parameters)).toMatchObject({ code: 'media_rejected', charged: 'no' });
	});
});

describe('node definitions that cannot be read', () => {
	it.each(['forbidden', 'missing', 'html', 'broken', 'redirectLoop'] as const)(
		'leave the types of saved values: %s',
		async (habit) => {
			platform().settings.objectInfo = habit;
			const execution = await bench.run(workflowFields({ '6.text': 'a red boat', '3.steps': 12 }));

			expect(execution.error('RunComfy')).toBeUndefined();
			expect(bodies()).toEqual([
				{ overrides: { '3': { inputs: { steps: 12 } }, '6': { inputs: { text: 'a red boat' } } } },
			]);
			expect(JSON.stringify(execution.items('RunComfy')[0]?.json.warnings)).toContain('object_info');
		},
	);
});

describe('the life of a request', () => {
	const submit = async () => {
		const execution = await bench.run(workflowFields({ '6.text': 'a red boat' }, { operation: 'submit' }));
		return execution.items('RunComfy')[0]!.json;
	};
	const of = async (operation: string, requestId: unknown, more = {}) =>
		await bench.run({
			resource: 'deploymentRequest',
			operation,
			deployment: deploymentLocator(),
			requestId: String(requestId),
			...more,
		});

	it('is submitted, read, waited for and fetched', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000, runMs: 60_000 });
		const submitted = await submit();
		expect(submitted).toMatchObject({
			deployment_id: DEPLOYMENTS.textToImage,
			status: 'in_queue',
			status_url: expect.stringContaining('/status'),
		});
		const status = await of('getStatus', submitted.request_id);
		expect(status.items('RunComfy')[0]?.json).toMatchObject({ status: 'in_queue', queue_position: 1 });
		const early = await of('getResult', submitted.request_id);
		expect(early.items('RunComfy')[0]?.json.status).toBe('in_queue');
		const waited = await of('wait', submitted.request_id);
		expect(waited.items('RunComfy')[0]?.json).toMatchObject({ status: 'succeeded', files: [expect.any(Object)] });
		const result = await of('getResult', submitted.request_id);
		expect(result.items('RunComfy')[0]?.json).toMatchObject({ status: 'succeeded', outputs: expect.any(Object) });
		expect(platform().accepted).toHaveLength(1);
	});

	it('is cancelled while it is queued', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		const { request_id: id } = await submit();
		const cancel = await of('cancel', id);
		expect(cancel.items('RunComfy')[0]?.json).toMatchObject({
			request_id: id,
			deployment_id: DEPLOYMENTS.textToImage,
			outcome: 'cancelled',
		});
	});

	it('is not known under another deployment', async () => {
		const { request_id: id } = await submit();
		const other = { deployment: deploymentLocator(DEPLOYMENTS.caption) };
		const execution = await of('getStatus', id, other);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'not_found', request_id: id });
	});

	it('that fails tells what ComfyUI said', async () => {
		platform().settings.errorAs = 'nodeErrors';
		bench.simulator.nextPlans.push({ outcome: 'failed', reason: 'Value not in list' });
		expect(await details(workflowFields({ '6.text': 'x' }))).toMatchObject({
			code: 'generation_failed',
			deployment_id: DEPLOYMENTS.textToImage,
			message: expect.stringContaining('Value not in list'),
		});
		platform().settings.errorAs = 'object';
	});

	it('is found again by Retry On Fail, and not paid twice', async () => {
		// Longer than one try waits.
		bench.simulator.nextPlans.push({ runMs: 15_000 });
		const more = { node: { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 } };
		const execution = await bench.run(workflowFields({ '6.text': 'x' }, { options: { maxWaitTime: 8 } }), more);
		expect(platform().accepted).toHaveLength(1);
		expect(execution.items('RunComfy')[0]?.json).toMatchObject({
			status: 'succeeded',
			request_id: platform().accepted[0]?.id,
		});
	});

	it('with an unclear submit is not sent again', async () => {
		bench.simulator.fault({ on: 'submit', times: 1, action: { type: 'drop', takesEffect: true } as never });
		expect(await details(workflowFields({ '6.text': 'x' }))).toMatchObject({
			code: 'submit_outcome_unknown',
			charged: 'unknown',
			deployment_id: DEPLOYMENTS.textToImage,
		});
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});

	it('is one item of many under Continue On Fail', async () => {
		bench.simulator.nextPlans.push({}, { outcome: 'failed', reason: 'no' });
		const items = [{ json: {} }, { json: {} }];
		const execution = await bench.run(workflowFields({ '6.text': 'x' }), { items, ...CONTINUE });
		expect(execution.items('RunComfy').map(({ json }) => json.status ?? (json.error as IDataObject).code)).toEqual([
			'succeeded',
			'generation_failed',
		]);
	});
});

describe('Reuse Results', () => {
	const reusing = workflowFields({ '6.text': 'x' }, { options: { reuseResults: 'always' } });

	it.each([
		['the same workflow', {}, 1],
		['a workflow of which RunComfy tells no date', { updated_at: undefined }, 2],
		['a workflow of which RunComfy tells no version', { workflow_version: '' }, 2],
	])('of %s (%j) submits so often: %d', async (_what, state, count) => {
		const deployment = platform().of(DEPLOYMENTS.textToImage);
		const { updated_at, workflow_version } = deployment;
		Object.assign(deployment, state);
		await bench.run(reusing);
		await bench.run(reusing);
		Object.assign(deployment, { updated_at, workflow_version });

		expect(platform().accepted).toHaveLength(count);
	});
});

describe('the webhook', () => {
	it.each(['getStatus', 'getResult', 'wait'])(
		'stays out of what %s gives, even if RunComfy repeats it',
		async (operation) => {
			platform().settings.repeatsWebhook = true;
			const webhookUrl = 'https://hooks.example.com/wait/1?signature=very-secret-signature';
			const submitted = await bench.run(
				workflowFields({ '6.text': 'x' }, { operation: 'submit', options: { webhookUrl } }),
			);
			const execution = await bench.run({
				resource: 'deploymentRequest',
				operation,
				deployment: deploymentLocator(),
				requestId: String(submitted.items('RunComfy')[0]?.json.request_id),
			});
			platform().settings.repeatsWebhook = false;

			expect(platform().accepted[0]?.webhookUrl).toBe(webhookUrl);
			expect(execution.items('RunComfy')[0]?.json.status).toBeDefined();
			expect(JSON.stringify(execution.items('RunComfy'))).not.toContain('very-secret-signature');
		},
	);

	it.each(['submit', 'submitAndWait'])(
		'is not called for a request that %s reuses, and the item says so',
		async (operation) => {
			const run = async (webhookUrl: string) =>
				(
					await bench.run(
						workflowFields(
							{ '6.text': 'x' },
							{ operation, options: { webhookUrl, reuseResults: 'always' } },
						),
					)
				).items('RunComfy')[0]?.json;
			await run('https://hooks.example.com/1');
			const warned = await run('https://hooks.example.com/2');
			const silent = await run('');

			expect(platform().accepted).toHaveLength(1);
			expect(warned).toMatchObject({
				reused: true,
				warnings: [expect.stringContaining("doesn't call this execution's Webhook URL")],
			});
			expect(silent).toMatchObject({ reused: true });
			expect(silent).not.toHaveProperty('warnings');
		},
	);

	it('is sent with the submit, and in no output, log line or failure', async () => {
		const options = {
			webhookUrl: 'https://hooks.example.com/wait/1?signature=very-secret-signature',
			webhookIntermediate: true,
		};
		const execution = await bench.run(workflowFields({ '6.text': 'x' }, { operation: 'submit', options }));

		const [call] = bench.simulator.calls('submit');
		expect(call?.path).toContain(`webhook=${encodeURIComponent(options.webhookUrl)}`);
		expect(call?.path).toContain('webhook_intermediate_status=true');
		expect(JSON.stringify([execution.items('RunComfy'), bench.engine.log])).not.toContain('very-secret-signature');
	});

	it.each([
		['http://hooks.example.com/1', "it isn't https"],
		['https://n8n.internal/1', "its host isn't public"],
		['https://127.0.0.1/1', "its host isn't public"],
	])('%s is left out with a warning', async (webhookUrl, reason) => {
		const parameters = workflowFields({ '6.text': 'x' }, { operation: 'submit', options: { webhookUrl } });
		const execution = await bench.run(parameters);
		expect(bench.simulator.calls('submit')[0]?.path).not.toContain('webhook');
		expect(execution.items('RunComfy')[0]?.json.warnings).toEqual([expect.stringContaining(reason)]);
	});

	it('that is no URL is refused', async () => {
		expect(await details(workflowFields({}, { options: { webhookUrl: 'call me' } }))).toMatchObject({
			code: 'invalid_input',
		});
	});
});
