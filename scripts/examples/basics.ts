import { manual, runComfy, type ExampleInputs } from './parts';
import type { Example } from './toWorkflow';

/** Requests of models, each the shortest way to one thing. */
export function basicExamples(input: ExampleInputs): Example[] {
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
			note: {
				does: "For long renders and large batches: while requests run, the execution waits in n8n's database and survives restarts. Pending leads through a Wait node back to the node. Finished and failed items leave through Done.",
				costs: 'One image-to-video request per item.',
				change: 'Replace Manual Trigger with your items. Requests of less than a minute finish within Watch First and never leave through Pending. To see the loop with them, set Watch First to 0: the execution then waits for about 75 seconds.',
			},
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
			file: 'text-to-image-to-video.json',
			name: 'RunComfy: text to image to video',
			note: 'A chain: the second model uses the image from the first model as its input, by its URL.',
			nodes: [manual, runComfy('Make a Picture', input.picture), runComfy('Make It Move', input.moving)],
			connections: { 'Manual Trigger': [['Make a Picture']], 'Make a Picture': [['Make It Move']] },
		},
	];
}
