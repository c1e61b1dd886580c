import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { readChoice, readNumber } from './readParameters';

/** Options of the operations that submit. */
export const additionalInputsOption: INodeProperties = {
	displayName: 'Additional Inputs',
	name: 'additionalInputs',
	type: 'json',
	default: '{}',
	description: 'JSON object to merge over the input. Set a value to null to remove the input.',
};

export const validationOption: INodeProperties = {
	displayName: 'Validation',
	name: 'validation',
	type: 'options',
	options: [
		{
			name: 'Strict',
			value: 'strict',
			description: "Don't submit input that doesn't fit the model",
		},
		{
			name: 'Warn',
			value: 'warn',
			description: 'Submit anyway and show a warning',
		},
		{
			name: 'Off',
			value: 'off',
			description: 'Convert the values without checking them',
		},
	],
	default: 'strict',
	description: "What to do with input that doesn't fit the model's schema",
};

/** Options about paying again, or not. */
export const resubmitFailedOption: INodeProperties = {
	displayName: 'Resubmit Failed',
	name: 'resubmitFailed',
	type: 'number',
	typeOptions: { minValue: 0, maxValue: 3 },
	default: 0,
	description:
		'How many times to submit again when a generation failed and RunComfy charged nothing for it. Spend Limit counts each submit.',
};

export const reuseResultsOption: INodeProperties = {
	displayName: 'Reuse Results',
	name: 'reuseResults',
	type: 'options',
	options: [
		{
			name: 'Always',
			value: 'always',
			description: 'In all executions, including those of a published workflow',
		},
		{
			name: 'In Manual Executions',
			value: 'manual',
			description: "In executions started in the editor, so that building the next step doesn't cost anything",
		},
		{
			name: 'Never',
			value: 'never',
			description: 'Submit a new request each time',
		},
	],
	default: 'never',
	description:
		'When to use the result of an earlier request instead of submitting a new one. This n8n process must have submitted the same input to the same model with the same credential in the last 24 hours. An empty seed, -1 or a random expression counts as the same seed.',
};

export const checkMediaOption: INodeProperties = {
	displayName: 'Check Media',
	name: 'checkMedia',
	type: 'boolean',
	default: true,
	description: "Whether to check that media files exist and meet the model's limits before submitting",
};

/** How many times to submit again after a generation that failed for free. @throws RunComfyFailure `invalid_input` */
export function readResubmitFailed(item: ItemContext): number {
	return Math.floor(readNumber(item.options.resubmitFailed, resubmitFailedOption));
}

/** Whether results of earlier executions are taken in this one. @throws RunComfyFailure `invalid_input` */
export function readReusesResults(item: ItemContext): boolean {
	const mode = readChoice<'always' | 'manual' | 'never'>(item.options.reuseResults, reuseResultsOption);
	return mode === 'always' || (mode === 'manual' && item.n8n.getMode() === 'manual');
}
