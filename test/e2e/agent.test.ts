import type { IWorkflowBase } from 'n8n-workflow';

import { INPUT_IMAGE } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';
import { readExamples, withCredential } from './examples';
import { LanguageModel } from './languageModel';
import { LocalN8n } from './localN8n';
import type { N8nRest, StoredCredential } from './n8nRest';

/* An agent of n8n with RunComfy as its tools. The language model is a stand-in that follows a script. */
const DREAMINA = 'bytedance/dreamina-3-0/image-to-video';
const CHAT = 'When chat message received';

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

/** The example with the stand-in for its language model, and a message in the chat. */
function workflow(openAi: StoredCredential): Partial<IWorkflowBase> {
	const example = withCredential(
		readExamples().find(({ name }) => name === 'RunComfy: agent')!,
		credential,
	);
	return {
		...example,
		nodes: example.nodes.map((node) =>
			node.name === 'OpenAI Chat Model'
				? { ...node, credentials: { openAiApi: { id: openAi.id, name: openAi.name } } }
				: node,
		),
		pinData: {
			[CHAT]: [{ json: { sessionId: 'a chat', action: 'sendMessage', chatInput: 'Make a video of a boat' } }],
		},
	};
}

describe('an agent', () => {
	it('searches models, reads a schema, corrects its input, submits once and collects the addresses', async () => {
		simulator.nextPlans.push({ runMs: 1_500 });
		const image = `${simulator.url}/files/inputs/${INPUT_IMAGE}`;
		model = await new LanguageModel([
			{ tool: 'Search_Models', args: () => ({ search: 'dreamina' }) },
			{ tool: 'Read_Model', args: () => ({ model: DREAMINA }) },
			{
				tool: 'Check_Input',
				args: () => ({
					model: DREAMINA,
					input: { prompt: 'a boat', image_urls: [image], number_of_frames: 100 },
				}),
			},
			{
				tool: 'Submit',
				args: () => ({
					model: DREAMINA,
					input: { prompt: 'a boat', image_urls: [image], number_of_frames: 121 },
				}),
			},
			{
				tool: 'Wait',
				args: (answers) => ({ request_id: parsed<{ request_id: string }>(answers[3]).request_id }),
			},
		]).start();
		const openAi = await rest.createCredential('Stand-in', { apiKey: 'none', url: model.url }, 'openAiApi');
		const { id } = await rest.createWorkflow(workflow(openAi));
		const execution = await rest.finished(await rest.run(id, CHAT));

		expect([execution.status, execution.data.resultData.error?.message]).toEqual(['success', undefined]);
		const [models, schema, refused, submitted, result] = model.answers;
		expect(models).toContain(DREAMINA);
		expect(schema).toContain('number_of_frames');
		// What is wrong tells a model what to change, and costs nothing.
		expect(parsed(refused)).toMatchObject({ valid: false, model_id: DREAMINA });
		expect(refused).toContain('Number of Frames (number_of_frames) must be 121 or 241, not 100');
		expect(parsed(submitted)).toMatchObject({ request_id: simulator.accepted[0]?.id, status: 'in_queue' });
		expect(parsed(result)).toMatchObject({ status: 'succeeded', output_urls: [expect.stringContaining('.mp4')] });
		expect(simulator.calls('submit')).toHaveLength(1);
		expect(model.tools.get('Submit')?.description).toMatch(/paid/i);
	});
});
