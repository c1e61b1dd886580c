import { manual, runComfy, type ExampleInputs } from './parts';
import type { Example } from './toWorkflow';

/** RunComfy calls n8n back when the request of a deployment ends. */
export function webhookExamples(input: ExampleInputs): Example[] {
	return [
		{
			file: 'deployment-webhook.json',
			name: 'RunComfy: wait for a webhook',
			note: 'One request per execution without polling: RunComfy calls the Wait node when the request ends. The Wait node continues after 30 minutes at the latest. n8n must have a public https WEBHOOK_URL.',
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
			note: 'Collects requests that were submitted elsewhere with the URL of this Webhook node as Webhook URL. Anyone with the URL can call it, so the result is read from RunComfy. If a call is repeated, its request continues only once. Two calls for the same request can both get through if they arrive at the same moment: if the next step costs money, set Reuse Results there.',
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
	];
}
