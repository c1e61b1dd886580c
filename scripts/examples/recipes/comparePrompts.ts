import { code, fixedData, manual, runComfy, splitOut, type ExampleInputs } from '../parts';
import type { Example } from '../toWorkflow';
import { COMPARISON_PAGE } from './comparisonPage';

const VARIATIONS = [
	{ prompt: 'a wooden boat on a calm lake at dawn, film photograph' },
	{ prompt: 'a wooden boat on a calm lake at dawn, watercolor on rough paper' },
	{ prompt: 'a wooden boat on a calm lake at dawn, isometric 3D render' },
	{ prompt: 'a wooden boat on a calm lake at dawn, pencil sketch' },
];

/** Prompts of one idea side by side. */
export function comparePrompts(input: ExampleInputs): Example {
	return {
		file: 'compare-prompts.json',
		name: 'RunComfy: compare prompts on one page',
		note: {
			does: 'Makes an image for each prompt and puts all of them on one HTML page, with the prompt and cost of each and the total. Open the file in the Binary tab of Build Page. The images are part of the page, so it still works when their URLs have expired. A prompt that fails is shown with its error.',
			costs: 'One text-to-image request per prompt, for up to 1 USD per run (Spend Limit).',
			change: 'Edit the prompts in Prompts. To send the page, add Gmail or Slack after Build Page. To compare models instead, add a model to each row and use it as an expression in Model.',
		},
		nodes: [
			manual,
			fixedData('Prompts', { variations: VARIATIONS }),
			splitOut('One Item per Prompt', 'variations'),
			runComfy(
				'Make Images',
				{ ...input.variation, options: { downloadKinds: 'images', spendLimit: 1 } },
				{ onError: 'continueRegularOutput' },
			),
			code('Build Page', COMPARISON_PAGE),
		],
		connections: {
			'Manual Trigger': [['Prompts']],
			Prompts: [['One Item per Prompt']],
			'One Item per Prompt': [['Make Images']],
			'Make Images': [['Build Page']],
		},
	};
}
