import { CHAT, CHAT_MODEL, CHECK_INPUT, READ_MODEL, SEARCH_MODELS } from '../agent';
import { code, ifNode, isTrue, runComfy, splitOut } from '../parts';
import type { Example } from '../toWorkflow';

const RULES =
	'You plan images, videos and audio to make with RunComfy. Search for a suitable model, read its input schema, and check each input for free until it is valid. You can\'t submit: return the valid inputs, at most five, and the workflow submits them within its budget. If there is nothing to make, return an empty list of requests and say why in the message.';
const PLAN_SCHEMA = {
	type: 'object',
	properties: {
		message: { type: 'string', description: 'What will be made, for the person in the chat' },
		requests: {
			type: 'array',
			maxItems: 5,
			items: {
				type: 'object',
				properties: {
					model: { type: 'string', description: 'ID of the model' },
					input: { type: 'object', description: 'The input that Check Input found valid' },
				},
				required: ['model', 'input'],
			},
		},
	},
	required: ['message', 'requests'],
};
const REPLY = `// The chat shows the field "output" of the last node.
const plan = $('AI Agent').first().json.output;
const results = $input.all().filter(({ json }) => json.request_id || json.error);
const cost = results.reduce((sum, { json }) => sum + (json.cost ?? 0), 0);
const lines = results.map(({ json }) => '- ' + (json.error ? json.error.message : json.output_urls.join(' ')));
const bill = results.length > 0 ? ['This cost $' + cost.toFixed(2) + '.'] : [];
return [{ json: { output: [plan.message, ...lines, ...bill].join('\\n') } }];
`;

/** An agent that can't spend: it plans with free tools, and one node pays within a limit. */
export function agentWithBudget(): Example {
	return {
		file: 'agent-with-budget.json',
		name: 'RunComfy: agent with a budget',
		note: {
			does: 'An agent finds models, reads their schemas and checks inputs, which is free. It returns a plan of up to five requests. Generate submits them, and Reply answers in the chat with URLs and cost. The agent has no paid tool, so no prompt can make it spend more than the budget.',
			costs: "Up to 1 USD per message (Spend Limit in Generate), whatever the agent plans. Requests that no longer fit aren't submitted. Your language model is charged by its provider.",
			change: 'Connect your own language model. Change the budget in Generate > Options > Spend Limit.',
		},
		nodes: [
			CHAT,
			{
				name: 'AI Agent',
				type: '@n8n/n8n-nodes-langchain.agent',
				typeVersion: 2.2,
				parameters: { hasOutputParser: true, options: { systemMessage: RULES, maxIterations: 15 } },
			},
			ifNode('Anything Planned?', isTrue('={{ $json.output.requests.length > 0 }}')),
			splitOut('One Item per Request', 'output.requests'),
			runComfy(
				'Generate',
				{
					model: { __rl: true, mode: 'id', value: "={{ $json.model }}" },
					specifyInput: 'json',
					inputJson: '={{ $json.input }}',
					downloadOutput: false,
					options: { spendLimit: 1 },
				},
				{ onError: 'continueRegularOutput' },
			),
			code('Reply', REPLY),
		],
		connections: {
			[CHAT.name]: [['AI Agent']],
			'AI Agent': [['Anything Planned?']],
			'Anything Planned?': [['One Item per Request'], ['Reply']],
			'One Item per Request': [['Generate']],
			Generate: [['Reply']],
		},
		agent: {
			name: 'AI Agent',
			languageModel: CHAT_MODEL,
			tools: [SEARCH_MODELS, READ_MODEL, CHECK_INPUT],
			outputParser: {
				name: 'Plan',
				type: '@n8n/n8n-nodes-langchain.outputParserStructured',
				typeVersion: 1.2,
				parameters: { schemaType: 'manual', inputSchema: JSON.stringify(PLAN_SCHEMA, null, 2) },
			},
		},
	};
}
