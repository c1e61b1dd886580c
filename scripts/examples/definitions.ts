import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { PUBLIC_IMAGE } from '../../test/e2e/examples';
import type { Example, ExampleNode } from './toWorkflow';

/** The model that an agent's language model chose. */
const modelFromAI = { __rl: true, mode: 'id', value: fromAI('model', 'ID of the model') } as unknown as INodeParameters;
const AGENT_RULES =
	'You make images, videos and audio with RunComfy. Search for a suitable model, read its input schema, check the input for free until it is valid, then submit once: each Submit is a paid generation. Wait for the request and reply with the URLs of the files. If it takes longer, reply with the request ID.';

/** All examples. @param input what fits the models and the workflow that they use, as the editor saves it */
export function examples(input: Record<'video' | 'batch' | 'picture' | 'moving' | 'workflow', INodeParameters>): Example[] {
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
		{ prompt: 'the woman is standing beside the boats, her feet soaked in water', image: PUBLIC_IMAGE },
		{ prompt: 'the boats rock gently, the camera pulls back', image: PUBLIC_IMAGE },
		{ prompt: 'evening falls over the shore', image: PUBLIC_IMAGE },
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
			note: 'Collects requests that were submitted elsewhere with the URL of this Webhook node as Webhook URL. Anyone with the URL can call it, so the result is read from RunComfy. A request whose call is repeated continues once. Only calls of the same request that arrive at the same moment can both pass: if the next step costs money, set Reuse Results there.',
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
