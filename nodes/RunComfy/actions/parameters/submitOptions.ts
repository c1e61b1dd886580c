import type { INodeProperties } from 'n8n-workflow';

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

export const checkMediaOption: INodeProperties = {
	displayName: 'Check Media',
	name: 'checkMedia',
	type: 'boolean',
	default: true,
	description: "Whether to check that media files exist and meet the model's limits before submitting",
};
