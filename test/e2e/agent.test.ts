import type { INodeParameters, IWorkflowBase } from 'n8n-workflow';

import { INPUT_IMAGE } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';
import { LanguageModel } from './languageModel';
import { LocalN8n } from './localN8n';
import type { N8nRest, StoredCredential } from './n8nRest';

/* An agent of n8n with RunComfy as its tools. The language model is a stand-in that follows a script. */
const DREAMINA = 'bytedance/dreamina-3-0/image-to-video';

let n8n: LocalN8n;
let simulator: Simulator;
let rest: N8nRest;
let credential: StoredCredential;
let model: LanguageModel;

const parsed = <T>(answer: string | undefined): T => {
	const value: unknown = JSON.parse(answer ?? 'null');
	return (Array.isArray(value) ? value[0] : value) as T;
};

beforeAll(async () => {
	n8n = await LocalN8n.start();
	({ simulator, rest, credential } = n8n);
}, 240_000);

afterAll(async () => {
	await n8n?.stop();
	await model?.stop();
});

beforeEach(() => simulator.reset());

function workflow(openAi: StoredCredential): Partial<IWorkflowBase> {
	const tool = (name: string, parameters: INodeParameters) => ({
		id: name,
		name,
		type: 'n8n-nodes-runcomfy.runComfyTool',
		typeVersion: 1,
		position: [200, 300] as [number, number],
		parameters,
		credentials: { runComfyApi: { id: credential.id, name: credential.name } },
	});
	const fromAI = (key: string, about: string, type = 'string') => `={{ $fromAI('${key}', '${about}', '${type}') }}`;
	const modelId = { __rl: true, mode: 'id', value: fromAI('model', 'ID of the model') };
	const tools = [
		tool('Search Models', { resource: 'model', operation: 'getAll', limit: 5, filters: { search: fromAI('search', 'words to search for') } }),
		tool('Read Model', { resource: 'model', operation: 'get', model: modelId as never }),
		tool('Submit', { resource: 'request', operation: 'submit', model: modelId as never, specifyInput: 'json', inputJson: fromAI('input', 'the input, as the schema of the model says', 'json') }),
		tool('Wait', { resource: 'request', operation: 'wait', requestId: fromAI('request_id', 'ID of the request') }),
	];
	const main = (node: string) => ({ main: [[{ node, type: 'main' as const, index: 0 }]] });
	return {
		name: 'Agent',
		nodes: [
			{ id: 't', name: 'Manual Trigger', type: 'n8n-nodes-base.manualTrigger', typeVersion: 1, position: [0, 0], parameters: {} },
			{ id: 'a', name: 'Agent', type: '@n8n/n8n-nodes-langchain.agent', typeVersion: 2.2, position: [200, 0], parameters: { promptType: 'define', text: 'Make a video of a boat', options: {} } },
			{
				id: 'm',
				name: 'Model',
				type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
				typeVersion: 1.2,
				position: [100, 300],
				parameters: { model: { __rl: true, mode: 'id', value: 'stand-in' }, options: {} },
				credentials: { openAiApi: { id: openAi.id, name: openAi.name } },
			},
			...tools,
		],
		connections: {
			'Manual Trigger': main('Agent'),
			Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel' as const, index: 0 }]] },
			...Object.fromEntries(tools.map(({ name }) => [name, { ai_tool: [[{ node: 'Agent', type: 'ai_tool' as const, index: 0 }]] }])),
		} as never,
		settings: { executionOrder: 'v1' },
	};
}

describe('an agent', () => {
	it('searches models, reads a schema, corrects its input, submits once and collects the addresses', async () => {
		simulator.nextPlans.push({ runMs: 1_500 });
		const image = `${simulator.url}/files/inputs/${INPUT_IMAGE}`;
		model = await new LanguageModel([
			{ tool: 'Search_Models', args: () => ({ search: 'dreamina' }) },
			{ tool: 'Read_Model', args: () => ({ model: DREAMINA }) },
			{ tool: 'Submit', args: () => ({ model: DREAMINA, input: { prompt: 'a boat', image_urls: [image], number_of_frames: 100 } }) },
			{ tool: 'Submit', args: () => ({ model: DREAMINA, input: { prompt: 'a boat', image_urls: [image], number_of_frames: 121 } }) },
			{ tool: 'Wait', args: (answers) => ({ request_id: parsed<{ request_id: string }>(answers[3]).request_id }) },
		]).start();
		const openAi = await rest.createCredential('Stand-in', { apiKey: 'none', url: model.url }, 'openAiApi');
		const { id } = await rest.createWorkflow(workflow(openAi));
		const execution = await rest.finished(await rest.run(id));

		expect([execution.status, execution.data.resultData.error?.message]).toEqual(['success', undefined]);
		const [models, schema, refused, submitted, result] = model.answers;
		expect(models).toContain(DREAMINA);
		expect(schema).toContain('number_of_frames');
		// The refusal tells a model what to change.
		expect(refused).toContain('Number of Frames (number_of_frames) has to be 121 or 241, not 100');
		expect(parsed(submitted)).toMatchObject({ request_id: simulator.accepted[0]?.id, status: 'in_queue' });
		expect(parsed(result)).toMatchObject({ status: 'succeeded', output_urls: [expect.stringContaining('.mp4')] });
		expect(simulator.calls('submit')).toHaveLength(1);
		expect(model.tools.get('Submit')?.description).toMatch(/paid/i);
	});
});
