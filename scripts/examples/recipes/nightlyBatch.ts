import { fixedData, noOp, runComfy, splitOut, VIDEO_ROWS, type ExampleInputs } from '../parts';
import type { Example } from '../toWorkflow';

/** A list that is worked through every night until its budget is used up. */
export function nightlyBatch(input: ExampleInputs): Example {
	return {
		file: 'scheduled-batch.json',
		name: 'RunComfy: scheduled batch from a list',
		note: {
			does: 'Submits one request for each row of a list at 2 a.m., ten in parallel. Items that fail leave through the second output and don\'t stop the others. Rows that no longer fit into the budget leave there too, with the code "spend_limit", and cost nothing.',
			costs: 'One image-to-video request per row, for up to 2 USD per night (Spend Limit).',
			change: "Replace List and One Item per Row with your own list, such as a sheet or table, filtered to the rows that aren't done yet. Publish (activate) the workflow to run it at night.",
		},
		nodes: [
			{
				name: 'Every Night',
				type: 'n8n-nodes-base.scheduleTrigger',
				typeVersion: 1.2,
				parameters: { rule: { interval: [{ triggerAtHour: 2 }] } },
			},
			fixedData('List', { rows: VIDEO_ROWS }),
			splitOut('One Item per Row', 'rows'),
			runComfy(
				'RunComfy',
				{ ...input.batch, options: { maxConcurrency: 10, spendLimit: 2 } },
				{ onError: 'continueErrorOutput' },
			),
			noOp('Finished'),
			noOp('Failed or Over Budget'),
		],
		connections: {
			'Every Night': [['List']],
			List: [['One Item per Row']],
			'One Item per Row': [['RunComfy']],
			RunComfy: [['Finished'], ['Failed or Over Budget']],
		},
	};
}
