import { NodeConnectionTypes, type IExecuteFunctions, type INodeParameters, type INodeType } from 'n8n-workflow';

import { workflowJson } from './support/deploymentInput';

import { runComfyNode } from './support/engine';
import { passingNodeTypes } from './support/nodeTypes';
import { fieldInput, startBench, type Bench } from './support/setup';

/* Calls of a tool as n8n makes them for an agent outside of its own order of nodes. */
const TOOL = 'n8n-nodes-runcomfy.runComfyTool';
const AGENT = 'test.agent';

interface Tool {
	invoke(args: object): Promise<string>;
}

let bench: Bench;
/** What the agent does with its tools. */
let work: (takeTools: () => Promise<Tool[]>) => Promise<void>;

beforeAll(async () => {
	bench = await startBench();
	const { nodeType } = bench.engine;
	const toolDescription = { displayName: 'Description', name: 'toolDescription', type: 'string', default: '' };
	const description = {
		...nodeType.description,
		name: 'runComfyTool',
		inputs: [],
		outputs: [NodeConnectionTypes.AiTool],
		properties: [toolDescription, ...nodeType.description.properties],
	};
	passingNodeTypes[TOOL] = Object.assign(Object.create(nodeType) as INodeType, { description });
	passingNodeTypes[AGENT] = {
		description: {
			displayName: 'Agent',
			name: 'agent',
			group: [],
			version: 1,
			description: '',
			defaults: {},
			inputs: [{ type: 'main' }, { type: 'ai_tool' }],
			outputs: ['main'],
			properties: [],
		},
		async execute(this: IExecuteFunctions) {
			await work(async () => (await this.getInputConnectionData(NodeConnectionTypes.AiTool, 0)) as Tool[]);
			return [[{ json: {} }]];
		},
	} as never;
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());

/** Runs an agent that has Submit for a tool. */
async function runAgent(agent: typeof work, parameters?: INodeParameters): Promise<void> {
	work = agent;
	const base = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	const input =
		parameters ??
		fieldInput(
			{ ...bench.dreaminaInput(), prompt: "={{ $fromAI('prompt', '', 'string') }}" },
			{ operation: 'submit', toolDescription: 'Makes a video' },
		);
	await bench.engine.execute(
		{
			nodes: [
				base,
				{ ...base, id: 'agent', name: 'Agent', type: AGENT },
				{ ...runComfyNode(input), type: TOOL, name: 'Submit' },
			],
			connections: {
				Trigger: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
				Submit: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
			},
			settings: { executionOrder: 'v1' },
		},
		{ credential: bench.credential() },
	);
}

const answerOf = async (tool: Tool | undefined, prompt: string) =>
	(JSON.parse((await tool?.invoke({ prompt })) ?? '[]') as Array<Record<string, unknown>>)[0];
const prompts = () => bench.simulator.accepted.map(({ input }) => input.prompt);

it('are requests of their own', async () => {
	const answers: unknown[] = [];
	await runAgent(async (takeTools) => {
		const [tool] = await takeTools();
		for (const prompt of ['a red boat', 'a blue whale']) answers.push((await answerOf(tool, prompt))?.request_id);
	});

	expect(prompts()).toEqual(['a red boat', 'a blue whale']);
	expect(answers).toEqual(bench.simulator.accepted.map(({ id }) => id));
});

it('are never answered with the request of another call, and never paid for its values, where n8n numbers two calls alike', async () => {
	const answers: Array<Record<string, unknown> | undefined> = [];
	await runAgent(async (takeTools) => {
		// As an agent does that works on several items at once.
		const [[one], [two]] = [await takeTools(), await takeTools()];
		answers.push(
			await answerOf(one, 'a red boat'),
			await answerOf(two, 'a blue whale'),
			await answerOf(two, 'a blue whale'),
		);
	});

	expect(answers[1]).toEqual({
		error: expect.objectContaining({
			code: 'invalid_input',
			charged: 'no',
			message: 'n8n gave this tool call the values of another call',
		}),
	});
	expect(prompts()).toEqual(['a red boat', 'a blue whale']);
	expect(answers[2]?.request_id).toBe(bench.simulator.accepted[1]?.id);
});

it('a deployment answers an agent with URLs, and with what is wrong in its overrides', async () => {
	const answers: string[] = [];
	const overrides = workflowJson("={{ $fromAI('overrides', '', 'json') }}", {
		toolDescription: 'Makes a picture',
		inputJson: "={{ $fromAI('overrides', '', 'json') }}",
	});
	await runAgent(async (takeTools) => {
		const [tool] = await takeTools();
		answers.push(await tool!.invoke({ overrides: { '6.text': 'a boat', 'nope.y': 1 } }));
		const [again] = await takeTools();
		answers.push(await again!.invoke({ overrides: { '6.text': 'a boat' } }));
	}, overrides);

	expect(answers[0]).toContain('nope');
	expect(answers[0]).toContain('invalid_input');
	expect(answers[1]).toContain('output_urls');
	expect(answers[1]).not.toContain('"files"');
	expect(bench.simulator.platform.accepted.map(({ graph }) => graph?.['6']?.inputs.text)).toEqual(['a boat']);
});
