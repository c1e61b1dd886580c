import type { INodeListSearchResult, ResourceMapperFields } from 'n8n-workflow';

import { credentialFor } from '../simulator/accounts';
import { readMedia } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';
import { until } from '../support/until';
import { readExampleFile, readExamples, RECIPES, withCredential, withSimulatedImages } from './examples';
import { LocalN8n } from './localN8n';
import { isN8n1, RUNCOMFY_NODE, type N8nRest, type StoredCredential } from './n8nRest';

const DREAMINA = 'bytedance/dreamina-3-0/image-to-video';

let n8n: LocalN8n;
let simulator: Simulator;
let rest: N8nRest;
let credential: StoredCredential;

beforeAll(async () => {
	n8n = await LocalN8n.start();
	({ simulator, rest, credential } = n8n);
}, 240_000);

afterAll(async () => await n8n?.stop());

beforeEach(() => simulator.reset());

describe('the installed package', () => {
	it('shows the node and its tool in the node list', async () => {
		const names = (await rest.nodeTypes()).map(({ name }) => name);
		expect(names).toEqual(expect.arrayContaining([RUNCOMFY_NODE.name, `${RUNCOMFY_NODE.name}Tool`]));
	});
});

describe('the credential test', () => {
	/** n8n 1.x has words of its own for HTTP statuses, and reads only the rules for bodies. */
	const saying = (text: string) => (isN8n1() ? expect.any(String) : expect.stringContaining(text)) as string;

	it('accepts a right token', async () => {
		expect(await rest.testCredential(credentialFor(simulator.url))).toMatchObject({ status: 'OK' });
	});

	it('says that a token is wrong', async () => {
		const answer = await rest.testCredential(credentialFor(simulator.url, 'not-a-token'));
		expect(answer).toMatchObject({ status: 'Error', message: saying('rejected this API token') });
	});

	it.each([
		['nothing there', { status: 404, body: '{}' }, 'no RunComfy API at this URL'],
		['a web page', { status: 200, body: '<!doctype html><title>Hello</title>' }, 'web page'],
		['the JSON of something else', { status: 200, body: '{"hello":"world"}' }, "doesn't return a RunComfy balance"],
		[
			'a wrong token in a 200',
			{ status: 200, body: '{"error_code":400004,"error_message":"no"}' },
			'rejected this API token',
		],
		[
			'another error in a 200',
			{ status: 200, body: '{"error_code":599123,"error_message":"no"}' },
			'returned an error code for the test',
		],
		['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, 'redirects to another one'],
		['a broken service', { status: 503, body: 'busy' }, 'is currently unavailable'],
	])('tells %s', async (_what, answer, sentence) => {
		simulator.fault({ on: 'balance', action: { type: 'answer', ...answer } });
		expect(await rest.testCredential(credentialFor(simulator.url))).toMatchObject({
			status: 'Error',
			message: saying(sentence),
		});
	});

	it('shows the code of an unreachable host', async () => {
		const answer = await rest.testCredential({
			...credentialFor(simulator.url),
			platformApiUrl: 'http://127.0.0.1:9',
		});
		const sentence = isN8n1() ? 'The service refused the connection - perhaps it is offline' : 'ECONNREFUSED';
		expect(answer).toEqual({ status: 'Error', message: sentence });
	});
});

describe('the editor', () => {
	it('finds models with their prices, page by page', async () => {
		const parameters = { resource: 'request', operation: 'submitAndWait' };
		const first = await rest.nodeParameters<INodeListSearchResult>(
			'resource-locator-results',
			'searchModels',
			parameters,
			credential,
		);
		const second = await rest.nodeParameters<INodeListSearchResult>(
			'resource-locator-results',
			'searchModels',
			parameters,
			credential,
			{
				paginationToken: first.paginationToken as string,
			},
		);
		const ids = [...first.results, ...second.results].map(({ value }) => value);
		expect(new Set(ids).size).toBe(simulator.models.length);
		expect(first.results[0]).toMatchObject({
			name: expect.stringMatching(/ · from \$0\.\d+\/(s|output)$/),
		});
	});

	it('makes the fields of the chosen model', async () => {
		const { fields } = await rest.nodeParameters<ResourceMapperFields>(
			'resource-mapper-fields',
			'getModelInputFields',
			{ model: { __rl: true, mode: 'list', value: DREAMINA } },
			credential,
		);
		expect(fields.map(({ displayName }) => displayName)).toMatchInlineSnapshot(`
[
  "Prompt * (max 800 chars)",
  "Image * (URL, < 4.7 MB, JPEG/PNG, 320–4096 px, ratio up to 3:1)",
  "Number of Frames",
  "Resolution",
  "Seed (-1 = random)",
]
`);
	});
});

describe('an execution', () => {
	const imported = async () => {
		const example = readExamples().find(({ name }) => name === 'RunComfy: image to video');
		return withSimulatedImages(withCredential(example!, credential), simulator);
	};

	it('runs the example workflow and keeps the video byte by byte', async () => {
		const { id } = await rest.createWorkflow(await imported());
		const execution = await rest.finished(await rest.run(id));

		const item = execution.data.resultData.runData.RunComfy?.[0]?.data?.main?.[0]?.[0];
		expect(execution.status).toBe('success');
		expect(item?.json).toMatchObject({ request_id: simulator.accepted[0]?.id, status: 'succeeded' });
		const { id: binaryId, data = '' } = item?.binary?.data ?? {};
		// n8n 1.x keeps files in the item by default.
		const bytes = binaryId ? await rest.binary(binaryId) : Buffer.from(data, 'base64');
		expect(bytes.equals(readMedia('video-720p-121.mp4').bytes)).toBe(true);
		expect(simulator.calls('submit')).toHaveLength(1);
	});

	const recipes = RECIPES.map((file) => readExampleFile(file).name);
	// Recipes have a test of their own, and so have agents, which need a language model, and webhooks, which need a public URL.
	it.each(
		readExamples().filter(
			({ name }) => !recipes.includes(name) && !name.includes('agent') && !name.includes('webhook'),
		),
	)('runs the example "$name" to its end', async (example) => {
		const local = withSimulatedImages(withCredential(example, credential), simulator);
		// Nobody wants to wait for two minutes here.
		const text = JSON.stringify(local).replace('"amount":2,"unit":"minutes"', '"amount":2,"unit":"seconds"');
		const { id } = await rest.createWorkflow(JSON.parse(text) as typeof example);
		const execution = await rest.finished(await rest.run(id, example.nodes[0]?.name));

		expect([execution.status, execution.data.resultData.error?.message]).toEqual(['success', undefined]);
		const last = execution.data.resultData.lastNodeExecuted ?? '';
		const output = execution.data.resultData.runData[last]?.at(-1)?.data?.main?.flat() ?? [];
		expect(output.map((item) => item?.json.status)).toEqual(output.map(() => 'succeeded'));
		expect(output.length).toBe(1);
		const accepted = simulator.accepted.length + simulator.platform.accepted.length;
		expect(simulator.calls('submit')).toHaveLength(accepted);
	});

	it('shows what happened when the generation fails', async () => {
		simulator.nextPlans.push({ outcome: 'failed', reason: { message: 'The picture shows a real person' } });
		const { id } = await rest.createWorkflow(await imported());
		const execution = await rest.finished(await rest.run(id));

		expect(execution.status).toBe('error');
		const { error } = execution.data.resultData;
		expect(error).toMatchObject({
			message: expect.stringContaining('The picture shows a real person'),
			context: { itemIndex: 0, details: { code: 'generation_failed', request_id: simulator.accepted[0]?.id } },
		});
	});

	it('stops waiting on Stop, and cancels the request', async () => {
		simulator.nextPlans.push({ queueMs: 60_000 });
		const { id } = await rest.createWorkflow(await imported());
		const executionId = await rest.run(id);
		await until('the first look', () => simulator.calls('status').length > 0);
		const stoppedAt = Date.now();
		await rest.stop(executionId);
		await until('the cancel', () => simulator.calls('cancel').length > 0);
		console.log(`Stop in n8n: the cancel arrived after ${Date.now() - stoppedAt} ms`);
		expect((await rest.finished(executionId)).status).toBe('canceled');
		expect(simulator.requests.stateOf(simulator.accepted[0]!)).toBe('cancelled');
	});

	it('cancels a request whose submit was under way on Stop', async () => {
		simulator.nextPlans.push({ queueMs: 60_000 });
		simulator.fault({ on: 'submit', action: { type: 'delay', ms: 1_500 } });
		const { id } = await rest.createWorkflow(await imported());
		const executionId = await rest.run(id);
		await until('the submit', () => simulator.calls('submit').length > 0);
		await rest.stop(executionId);
		await until('the cancel', () => simulator.calls('cancel').length > 0);
		expect(simulator.requests.stateOf(simulator.accepted[0]!)).toBe('cancelled');
	});

	it("cancels the request when n8n's time limit for executions is over", async () => {
		simulator.nextPlans.push({ queueMs: 60_000 });
		const workflow = await imported();
		const { id } = await rest.createWorkflow({
			...workflow,
			settings: { ...workflow.settings, executionTimeout: 2 },
		});
		const executionId = await rest.run(id);
		await until('the cancel', () => simulator.calls('cancel').length > 0);
		expect((await rest.finished(executionId)).status).toBe('canceled');
		expect(simulator.requests.stateOf(simulator.accepted[0]!)).toBe('cancelled');
	});
});
