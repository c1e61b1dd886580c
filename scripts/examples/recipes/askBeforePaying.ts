import { ifNode, isTrue, manual, noOp, runComfy, type ExampleInputs } from '../parts';
import type { Example, ExampleNode } from '../toWorkflow';

const askAPerson: ExampleNode = {
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
};

/** A person sees the price and decides. */
export function askBeforePaying(input: ExampleInputs): Example {
	return {
		file: 'check-approve-generate.json',
		name: 'RunComfy: check, ask, then generate',
		note: {
			does: 'Check Input checks for free whether a submit would work and what it would cost. A form shows the price and asks a person to approve. The same input is then submitted. Invalid and rejected input leaves through the lower branches.',
			costs: 'Nothing until someone selects Generate; then one image-to-video request, for up to 1 USD (Spend Limit).',
			change: 'Replace the input in Check Input. To ask elsewhere, replace Ask a Person with Slack or Gmail > Send Message and Wait for Response, and adapt Approved? to its answer.',
		},
		nodes: [
			manual,
			runComfy('Check Input', { operation: 'checkInput', ...input.video }),
			ifNode('Is It Valid?', isTrue('={{ $json.valid }}')),
			askAPerson,
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
				options: { spendLimit: 1 },
			}),
			{ ...noOp('Not Generated'), position: [1100, 200] },
		],
		connections: {
			'Manual Trigger': [['Check Input']],
			'Check Input': [['Is It Valid?']],
			'Is It Valid?': [['Ask a Person'], ['Not Generated']],
			'Ask a Person': [['Approved?']],
			'Approved?': [['Generate'], ['Not Generated']],
		},
	};
}
