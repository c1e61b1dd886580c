import type { INodeParameters } from 'n8n-workflow';

import { fromAI, tool } from './parts';
import type { Example, ExampleNode } from './toWorkflow';

/** The model that an agent's language model chose. */
const modelFromAI = { __rl: true, mode: 'id', value: fromAI('model', 'ID of the model') } as unknown as INodeParameters;
const inputFromAI = fromAI('input', 'the input, as described in the schema of the model', 'json');
const AGENT_RULES =
	'You make images, videos and audio with RunComfy. Search for a suitable model, read its input schema, check the input for free until it is valid, then submit once: each Submit is a paid generation. Wait for the request and reply with the URLs of the files. If it takes longer, reply with the request ID.';

export const CHAT: ExampleNode = {
	name: 'When chat message received',
	type: '@n8n/n8n-nodes-langchain.chatTrigger',
	typeVersion: 1.1,
	parameters: { options: {} },
	more: { webhookId: '0c2a4b1e-51f7-4d0c-9a55-6a0c4b8a7f02' },
};

export const CHAT_MODEL: ExampleNode = {
	name: 'OpenAI Chat Model',
	type: '@n8n/n8n-nodes-langchain.lmChatOpenAi',
	typeVersion: 1.2,
	parameters: { options: {} },
};

export const SEARCH_MODELS = tool('Search Models', {
	resource: 'model',
	operation: 'getAll',
	limit: 5,
	filters: { search: fromAI('search', 'words to search for, such as a name or image-to-video') },
});

export const READ_MODEL = tool('Read Model', { resource: 'model', operation: 'get', model: modelFromAI });

export const CHECK_INPUT = tool('Check Input', {
	operation: 'checkInput',
	model: modelFromAI,
	specifyInput: 'json',
	inputJson: inputFromAI,
	options: {},
});

/** An agent with RunComfy as its tools. */
export function agentExample(): Example {
	return {
		file: 'agent.json',
		name: 'RunComfy: agent',
		note: 'An agent that finds a model, reads its input schema, checks the input for free, submits once and returns the URLs of the result. Connect your own language model. You are charged for each submit: Spend Limit in the Options of Submit limits a single call.',
		nodes: [
			CHAT,
			{
				name: 'AI Agent',
				type: '@n8n/n8n-nodes-langchain.agent',
				typeVersion: 2.2,
				parameters: { options: { systemMessage: AGENT_RULES } },
			},
		],
		connections: { [CHAT.name]: [['AI Agent']] },
		agent: {
			name: 'AI Agent',
			languageModel: CHAT_MODEL,
			tools: [
				SEARCH_MODELS,
				READ_MODEL,
				CHECK_INPUT,
				tool('Submit', {
					operation: 'submit',
					model: modelFromAI,
					specifyInput: 'json',
					inputJson: inputFromAI,
					options: { spendLimit: 1 },
				}),
				tool('Wait', {
					operation: 'wait',
					requestId: fromAI('request_id', 'ID of the request'),
					options: {},
				}),
			],
		},
	};
}
