/** Writes the workflows of `examples/`, with the forms of their models as the editor saves them. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { Engine } from '../test/engine/support/engine';
import { credentialFor } from '../test/simulator/accounts';
import { DEPLOYMENTS } from '../test/simulator/deployments/demoDeployments';
import { Simulator } from '../test/simulator/simulator';

const FOLDER = resolve(__dirname, '..', 'examples');
const DREAMINA = 'bytedance/dreamina-3-0/image-to-video';
const SEEDREAM = 'bytedance/seedream-5.0-pro/text-to-image';
const PICTURE = 'https://playgrounds-storage-public.runcomfy.net/tools/7002/media-files/usecase5-1-1-input.jpg';

/** The model that an agent's language model chose. */
const modelFromAI = { __rl: true, mode: 'id', value: fromAI('model', 'ID of the model') } as unknown as INodeParameters;
/** A note's height follows its text, in pixels and letters a line. */
const [STICKY_MARGIN, STICKY_LINE, STICKY_LETTERS] = [60, 24, 52];
const AGENT_RULES =
	'You make images, videos and audio with RunComfy. Search for a suitable model, read its input schema, check the input for free until it is valid, then submit once: each Submit is a paid generation. Wait for the request and reply with the URLs of the files. If it takes longer, reply with the request ID.';

interface ExampleNode {
	name: string;
	type: string;
	typeVersion: number;
	parameters: INodeParameters;
	/** Further keys of the node. */
	more?: IDataObject;
	/** On the canvas; in a row by default. */
	position?: [number, number];
}

interface Example {
	file: string;
	name: string;
	/** What a person reads on the canvas. */
	note: string;
	nodes: ExampleNode[];
	/** From node to nodes, by output. */
	connections: Record<string, string[][]>;
	/** What an agent is given, below it on the canvas. */
	agent?: { name: string; languageModel: ExampleNode; tools: ExampleNode[] };
}

async function main(): Promise<void> {
	const engine = await Engine.start();
	const simulator = await new Simulator().start();
	const credential = credentialFor(simulator.url);
	const inputOf = async (model: string, value: IDataObject): Promise<INodeParameters> => {
		const entry = simulator.models.find(({ model_id }) => model_id === model);
		const locator = {
			__rl: true,
			mode: 'list',
			value: model,
			cachedResultName: entry?.display_name ?? model,
			cachedResultUrl: `https://www.runcomfy.com/models/${model}`,
		};
		const context = engine.loadOptions({ model: locator }, credential);
		const fields = await engine.nodeType.methods?.resourceMapping?.getModelInputFields?.call(context);
		const modelInput = {
			mappingMode: 'defineBelow',
			value,
			matchingColumns: [],
			schema: fields?.fields ?? [],
			attemptToConvertTypes: false,
			convertFieldsToString: false,
		};
		return { model: locator, modelInput } as unknown as INodeParameters;
	};
	/** A workflow that the simulator has deployed; a person picks one of the account instead. */
	const workflowInput = async (): Promise<INodeParameters> => {
		const { id, name } = simulator.platform.of(DEPLOYMENTS.textToImage);
		const deployment = { __rl: true, mode: 'list', value: id, cachedResultName: name };
		const context = engine.loadOptions({ deployment }, credential);
		const fields = await engine.nodeType.methods?.resourceMapping?.getWorkflowInputFields?.call(context);
		const value = { '6.text': 'a wooden boat on a calm lake at dawn, film photograph', '3.seed': '7' };
		const mapper = { mappingMode: 'defineBelow', value, matchingColumns: [], schema: fields?.fields ?? [] };
		const workflow = { ...mapper, attemptToConvertTypes: false, convertFieldsToString: false };
		return { deployment, workflowInput: workflow };
	};
	const video = await inputOf(DREAMINA, {
		prompt: 'the woman is standing beside the boats, her feet soaked in water',
		image_urls: PICTURE,
		number_of_frames: 121,
		resolution: '720P',
		seed: -1,
	});
	const batch = await inputOf(DREAMINA, {
		prompt: '={{ $json.prompt }}',
		image_urls: '={{ $json.image }}',
		number_of_frames: 121,
		resolution: '720P',
		seed: -1,
	});
	const picture = await inputOf(SEEDREAM, { prompt: 'a wooden boat on a calm lake at dawn, film photograph' });
	const moving = await inputOf(DREAMINA, {
		prompt: 'the boat drifts slowly to the left',
		image_urls: '={{ $json.output_urls[0] }}',
		number_of_frames: 121,
		resolution: '720P',
		seed: -1,
	});
	const workflow = await workflowInput();
	for (const example of examples({ video, batch, picture, moving, workflow })) {
		writeFileSync(join(FOLDER, example.file), `${JSON.stringify(toWorkflow(example), null, 2)}\n`);
	}
	await simulator.stop();
	engine.stop();
}

function examples(input: Record<'video' | 'batch' | 'picture' | 'moving' | 'workflow', INodeParameters>): Example[] {
	const runComfy = (name: string, parameters: INodeParameters, more?: IDataObject): ExampleNode => ({
		name,
		type: 'n8n-nodes-runcomfy.runComfy',
		typeVersion: 1,
		parameters: { ...parameters, options: parameters.options ?? {} },
		more,
	});
	const manual: ExampleNode = {
		name: 'Manual Trigger',
		type: 'n8n-nodes-base.manualTrigger',
		typeVersion: 1,
		parameters: {},
	};
	const list = [
		{ prompt: 'the woman is standing beside the boats, her feet soaked in water', image: PICTURE },
		{ prompt: 'the boats rock gently, the camera pulls back', image: PICTURE },
		{ prompt: 'evening falls over the shore', image: PICTURE },
	];
	return [
		{
			file: 'image-to-video.json',
			name: 'RunComfy: image to video',
			note: 'Submit one request, wait for it and get its video as a file.',
			nodes: [manual, runComfy('RunComfy', input.video)],
			connections: { 'Manual Trigger': [['RunComfy']] },
		},
		{
			file: 'submit-and-collect.json',
			name: 'RunComfy: submit now, collect later',
			note: "Submit returns immediately. The Wait node stores the execution in n8n's database, so it survives restarts. The result is then collected for free.",
			nodes: [
				manual,
				runComfy('Submit', { operation: 'submit', ...input.video }),
				{
					name: 'Wait',
					type: 'n8n-nodes-base.wait',
					typeVersion: 1.1,
					parameters: { amount: 2, unit: 'minutes' },
					more: { webhookId: '5f0a3c56-8e64-4b5e-9f0c-7f4f8f1c2a10' },
				},
				runComfy('Collect', { operation: 'wait', requestId: '={{ $json.request_id }}' }),
			],
			connections: { 'Manual Trigger': [['Submit']], Submit: [['Wait']], Wait: [['Collect']] },
		},
		{
			file: 'durable-wait.json',
			name: 'RunComfy: durable wait',
			note: "For long renders and large batches: while requests run, the execution waits in n8n's database and survives restarts. Pending leads through a Wait node back to the node. Finished and failed items leave through Done.",
			nodes: [
				manual,
				{
					name: 'RunComfy Durable Wait',
					type: 'n8n-nodes-runcomfy.runComfyDurable',
					typeVersion: 1,
					parameters: { resource: 'request', operation: 'submitAndWait', ...input.video, options: {} },
				},
				{ name: 'Finished', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
				{
					name: 'Wait',
					type: 'n8n-nodes-base.wait',
					typeVersion: 1.1,
					parameters: { resume: 'specificTime', dateTime: '={{ $json.runComfyWait.resumeAt }}' },
					more: { webhookId: '8b7a4d52-3c1e-4f6a-9d20-5e8f7c6b4a31' },
					position: [440, 200],
				},
			],
			connections: {
				'Manual Trigger': [['RunComfy Durable Wait']],
				'RunComfy Durable Wait': [['Finished'], ['Wait']],
				Wait: [['RunComfy Durable Wait']],
			},
		},
		{
			file: 'deployment.json',
			name: 'RunComfy: your own ComfyUI workflow',
			note: 'Run a ComfyUI workflow that you deployed on RunComfy. Select your own deployment in the RunComfy node; its inputs appear as fields. Empty fields keep the saved values.',
			nodes: [manual, runComfy('RunComfy', { resource: 'deploymentRequest', ...input.workflow })],
			connections: { 'Manual Trigger': [['RunComfy']] },
		},
		{
			file: 'deployment-webhook.json',
			name: 'RunComfy: wait for a webhook',
			note: 'One request per execution without polling: RunComfy calls the Wait node when the request ends. The Wait node continues after 30 minutes in any case. n8n must have a public https WEBHOOK_URL.',
			nodes: [
				manual,
				runComfy('Submit', {
					resource: 'deploymentRequest',
					operation: 'submit',
					...input.workflow,
					options: { webhookUrl: '={{ $execution.resumeUrl }}' },
				}),
				{
					name: 'Wait for the Call',
					type: 'n8n-nodes-base.wait',
					typeVersion: 1.1,
					parameters: {
						resume: 'webhook',
						httpMethod: 'POST',
						limitWaitTime: true,
						limitType: 'afterTimeInterval',
						resumeAmount: 30,
						resumeUnit: 'minutes',
						options: {},
					},
					more: { webhookId: 'c3b2a190-5d4e-4f6a-8b7c-9d0e1f2a3b4c' },
				},
				runComfy('Fetch', {
					resource: 'deploymentRequest',
					operation: 'wait',
					deployment: {
						__rl: true,
						mode: 'id',
						value: "={{ $('Submit').item.json.deployment_id }}",
					},
					requestId: "={{ $('Submit').item.json.request_id }}",
				}),
			],
			connections: {
				'Manual Trigger': [['Submit']],
				Submit: [['Wait for the Call']],
				'Wait for the Call': [['Fetch']],
			},
		},
		{
			file: 'deployment-webhook-collect.json',
			name: 'RunComfy: collect finished requests by webhook',
			note: 'Collects requests that were submitted elsewhere with the URL of this Webhook node as Webhook URL. Anyone with the URL can call it, so the result is read from RunComfy. Each request continues once.',
			nodes: [
				{
					name: 'Webhook',
					type: 'n8n-nodes-base.webhook',
					typeVersion: 2,
					parameters: { httpMethod: 'POST', path: 'runcomfy-finished', options: {} },
					more: { webhookId: 'd4c3b2a1-6e5f-4a7b-9c8d-0e1f2a3b4c5d' },
				},
				runComfy(
					'Get Result',
					{
						resource: 'deploymentRequest',
						operation: 'getResult',
						deployment: { __rl: true, mode: 'id', value: '={{ $json.body.deployment_id }}' },
						requestId: '={{ $json.body.request_id }}',
					},
					{ onError: 'continueErrorOutput' },
				),
				{
					name: 'Succeeded',
					type: 'n8n-nodes-base.filter',
					typeVersion: 2.2,
					parameters: {
						conditions: {
							options: { caseSensitive: true, leftValue: '', typeValidation: 'loose', version: 2 },
							conditions: [
								{
									id: 'e5d4c3b2-7f60-4b8c-8d9e-1f2a3b4c5d6e',
									leftValue: '={{ $json.status }}',
									rightValue: 'succeeded',
									operator: { type: 'string', operation: 'equals' },
								},
							],
							combinator: 'and',
						},
						options: {},
					},
				},
				{
					name: 'Once Each',
					type: 'n8n-nodes-base.removeDuplicates',
					typeVersion: 2,
					parameters: {
						operation: 'removeItemsSeenInPreviousExecutions',
						dedupeValue: '={{ $json.request_id }}',
						options: {},
					},
				},
			],
			connections: {
				Webhook: [['Get Result']],
				'Get Result': [['Succeeded'], []],
				Succeeded: [['Once Each']],
			},
		},
		{
			file: 'scheduled-batch.json',
			name: 'RunComfy: scheduled batch from a list',
			note: "Every night, submit one request for each row of a list, ten in parallel and for up to 2 USD. Items that fail leave through the second output and don't stop the others. Replace the List and One Item per Row nodes with your own list, such as a sheet or table.",
			nodes: [
				{
					name: 'Every Night',
					type: 'n8n-nodes-base.scheduleTrigger',
					typeVersion: 1.2,
					parameters: { rule: { interval: [{ triggerAtHour: 2 }] } },
				},
				{
					name: 'List',
					type: 'n8n-nodes-base.set',
					typeVersion: 3.4,
					parameters: { mode: 'raw', jsonOutput: JSON.stringify({ rows: list }, null, 2), options: {} },
				},
				{
					name: 'One Item per Row',
					type: 'n8n-nodes-base.splitOut',
					typeVersion: 1,
					parameters: { fieldToSplitOut: 'rows', options: {} },
				},
				runComfy(
					'RunComfy',
					{ ...input.batch, options: { maxConcurrency: 10, spendLimit: 2 } },
					{ onError: 'continueErrorOutput' },
				),
				{ name: 'Finished', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
				{ name: 'Not Finished', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
			],
			connections: {
				'Every Night': [['List']],
				List: [['One Item per Row']],
				'One Item per Row': [['RunComfy']],
				RunComfy: [['Finished'], ['Not Finished']],
			},
		},
		{
			file: 'text-to-image-to-video.json',
			name: 'RunComfy: text to image to video',
			note: 'A chain: the second model uses the image from the first model as its input, by its URL.',
			nodes: [manual, runComfy('Make a Picture', input.picture), runComfy('Make It Move', input.moving)],
			connections: { 'Manual Trigger': [['Make a Picture']], 'Make a Picture': [['Make It Move']] },
		},
		{
			file: 'check-approve-generate.json',
			name: 'RunComfy: check, ask, then generate',
			note: 'Check Input checks for free whether a submit would work and what it would cost. A form shows the price and asks a person to approve. The same input is then submitted. Invalid input leaves through the lower branch.',
			nodes: [
				manual,
				runComfy('Check Input', { operation: 'checkInput', ...input.video }),
				ifNode('Is It Valid?', {
					leftValue: '={{ $json.valid }}',
					rightValue: true,
					operator: { type: 'boolean', operation: 'true', singleValue: true },
				}),
				{
					name: 'Ask a Person',
					type: 'n8n-nodes-base.wait',
					typeVersion: 1.1,
					parameters: {
						resume: 'form',
						formTitle: 'Generate this?',
						formDescription:
							'={{ $json.model_id }} for about {{ $json.estimated_cost_usd ?? "an unknown amount in" }} USD: {{ $json.input.prompt }}',
						formFields: {
							values: [
								{
									fieldLabel: 'Decision',
									fieldType: 'dropdown',
									fieldOptions: { values: [{ option: 'Generate' }, { option: 'Cancel' }] },
									requiredField: true,
								},
							],
						},
						options: {},
					},
					more: { webhookId: '3b1c9a40-52d1-4f9e-8a5b-1f1b2f6b7d03' },
				},
				ifNode('Approved?', {
					leftValue: '={{ $json.Decision }}',
					rightValue: 'Generate',
					operator: { type: 'string', operation: 'equals' },
				}),
				runComfy('Generate', {
					model: input.video.model,
					operation: 'submitAndWait',
					specifyInput: 'json',
					inputJson: "={{ $('Check Input').item.json.input }}",
				}),
				{ name: 'Not Generated', type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} },
			],
			connections: {
				'Manual Trigger': [['Check Input']],
				'Check Input': [['Is It Valid?']],
				'Is It Valid?': [['Ask a Person'], ['Not Generated']],
				'Ask a Person': [['Approved?']],
				'Approved?': [['Generate'], ['Not Generated']],
			},
		},
		{
			file: 'agent.json',
			name: 'RunComfy: agent',
			note: 'An agent that finds a model, reads its input schema, checks the input for free, submits once and returns the URLs of the result. Connect your own language model. You are charged for each submit: Spend Limit in the Options of Submit limits a single call.',
			nodes: [
				{
					name: 'When chat message received',
					type: '@n8n/n8n-nodes-langchain.chatTrigger',
					typeVersion: 1.1,
					parameters: { options: {} },
					more: { webhookId: '0c2a4b1e-51f7-4d0c-9a55-6a0c4b8a7f02' },
				},
				{
					name: 'AI Agent',
					type: '@n8n/n8n-nodes-langchain.agent',
					typeVersion: 2.2,
					parameters: { options: { systemMessage: AGENT_RULES } },
				},
			],
			connections: { 'When chat message received': [['AI Agent']] },
			agent: {
				name: 'AI Agent',
				languageModel: {
					name: 'OpenAI Chat Model',
					type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
					typeVersion: 1.2,
					parameters: { options: {} },
				},
				tools: [
					tool('Search Models', {
						resource: 'model',
						operation: 'getAll',
						limit: 5,
						filters: { search: fromAI('search', 'words to search for, such as a name or image-to-video') },
					}),
					tool('Read Model', { resource: 'model', operation: 'get', model: modelFromAI }),
					tool('Check Input', {
						operation: 'checkInput',
						model: modelFromAI,
						specifyInput: 'json',
						inputJson: fromAI('input', 'the input, as described in the schema of the model', 'json'),
						options: {},
					}),
					tool('Submit', {
						operation: 'submit',
						model: modelFromAI,
						specifyInput: 'json',
						inputJson: fromAI('input', 'the input, as described in the schema of the model', 'json'),
						options: { spendLimit: 1 },
					}),
					tool('Wait', {
						operation: 'wait',
						requestId: fromAI('request_id', 'ID of the request'),
						options: {},
					}),
				],
			},
		},
	];
}

function ifNode(name: string, condition: IDataObject): ExampleNode {
	const conditions = {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		conditions: [{ id: '1', ...condition }],
		combinator: 'and',
	};
	return { name, type: 'n8n-nodes-base.if', typeVersion: 2.2, parameters: { conditions, options: {} } };
}

/** What the language model of an agent fills in. */
function fromAI(key: string, about: string, type = 'string'): string {
	return `={{ $fromAI('${key}', '${about}', '${type}') }}`;
}

function tool(name: string, parameters: INodeParameters): ExampleNode {
	return { name, type: 'n8n-nodes-runcomfy.runComfyTool', typeVersion: 1, parameters };
}

function toWorkflow({ file, name, note, nodes, connections, agent }: Example): IDataObject {
	const below = agent ? [agent.languageModel, ...agent.tools] : [];
	const idOf = (index: number) =>
		`${Buffer.from(`${file} ${index}`).toString('hex').padEnd(32, '0').slice(0, 8)}-0000-4000-8000-${String(index).padStart(12, '0')}`;
	const isOurs = (type: string) => type.startsWith('n8n-nodes-runcomfy.');
	const sticky = {
		parameters: {
			content: note,
			height: STICKY_MARGIN + STICKY_LINE * Math.ceil(note.length / STICKY_LETTERS),
			width: 420,
		},
		type: 'n8n-nodes-base.stickyNote',
		typeVersion: 1,
		position: [0, -240],
		id: idOf(99),
		name: 'Sticky Note',
	};
	return {
		name,
		nodes: [
			...[...nodes, ...below].map(({ more, position, ...node }, index) => ({
				...node,
				...more,
				position: position ?? (index < nodes.length ? [index * 220, 0] : [(index - nodes.length) * 160, 220]),
				id: idOf(index),
				...(isOurs(node.type) ? { credentials: { runComfyApi: { id: '1', name: 'RunComfy account' } } } : {}),
			})),
			sticky,
		] as never,
		pinData: {},
		connections: {
			...Object.fromEntries(
				Object.entries(connections).map(([from, outputs]) => [
					from,
					{ main: outputs.map((names) => names.map((node) => ({ node, type: 'main', index: 0 }))) },
				]),
			),
			...Object.fromEntries(
				below.map((node, index) => [
					node.name,
					subConnection(index === 0 ? 'ai_languageModel' : 'ai_tool', agent?.name ?? ''),
				]),
			),
		},
		active: false,
		settings: { executionOrder: 'v1' },
		meta: { templateCredsSetupCompleted: true },
		tags: [],
	};
}

/** Leads from what an agent is given to the agent. */
function subConnection(type: string, node: string): IDataObject {
	return { [type]: [[{ node, type, index: 0 }]] };
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
