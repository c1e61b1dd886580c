import { conditions, ifNode, isTrue, manual, runComfy } from '../parts';
import type { Example } from '../toWorkflow';

/** Results of requests that nobody waits for any more. */
export function collectAfterStop(): Example {
	return {
		file: 'collect-after-stop.json',
		name: 'RunComfy: collect what Stop left',
		note: {
			does: "Finds the requests that this n8n process submitted in the last 24 hours and no workflow has seen finish, for example because it was stopped. Waits for them and gets their files, which are named after the request ID. A request that failed leaves with its error and doesn't stop the others.",
			costs: 'Nothing. The requests were charged when they were submitted, and nothing is submitted here.',
			change: "Select the credential that submitted the requests. To collect from one workflow only, add a condition on workflow_id to Not Finished. After n8n restarts, the list is empty: look up the requests under Generations on runcomfy.com, and fetch each with Model Request > Wait and its ID.",
		},
		nodes: [
			manual,
			runComfy('Recent Requests', { operation: 'getMany', returnAll: true }),
			{
				name: 'Not Finished',
				type: 'n8n-nodes-base.filter',
				typeVersion: 2.2,
				parameters: {
					conditions: conditions(
						isTrue("={{ !['succeeded', 'failed', 'cancelled'].includes($json.status) }}"),
					),
					options: {},
				},
			},
			ifNode('Is It a Model?', isTrue('={{ Boolean($json.model_id) }}')),
			runComfy(
				'Collect Model Results',
				{
					operation: 'wait',
					requestId: '={{ $json.request_id }}',
					options: { fileName: '={{ $json.request_id }}' },
				},
				{ onError: 'continueRegularOutput' },
			),
			{
			...runComfy(
				'Collect ComfyUI Results',
				{
					resource: 'deploymentRequest',
					operation: 'wait',
					deployment: { __rl: true, mode: 'id', value: '={{ $json.deployment_id }}' },
					requestId: '={{ $json.request_id }}',
					options: { fileName: '={{ $json.request_id }}' },
				},
				{ onError: 'continueRegularOutput' },
			),
			position: [880, 200],
			},
		],
		connections: {
			'Manual Trigger': [['Recent Requests']],
			'Recent Requests': [['Not Finished']],
			'Not Finished': [['Is It a Model?']],
			'Is It a Model?': [['Collect Model Results'], ['Collect ComfyUI Results']],
		},
	};
}
