import type { INodeProperties } from 'n8n-workflow';

/** Options of the operations that submit. */
export const additionalInputsOption: INodeProperties = {
	displayName: 'Additional Inputs',
	name: 'additionalInputs',
	type: 'json',
	default: '{}',
	description: 'JSON object that is merged over the input. A value of null takes an input out.',
};

export const validationOption: INodeProperties = {
	displayName: 'Validation',
	name: 'validation',
	type: 'options',
	options: [
		{
			name: 'Off',
			value: 'off',
			description: 'Convert the values, but refuse nothing and say nothing',
		},
		{
			name: 'Strict',
			value: 'strict',
			description: 'Refuse input that does not fit the model, before it costs anything',
		},
		{
			name: 'Warn',
			value: 'warn',
			description: 'Send it all the same, and say what does not fit',
		},
	],
	default: 'strict',
	description: "What to do with input that does not fit the model's schema",
};

export const checkMediaOption: INodeProperties = {
	displayName: 'Check Media',
	name: 'checkMedia',
	type: 'boolean',
	default: true,
	description:
		"Whether to look at images, videos and audio before the submit: that they are there and keep the model's rules on size and shape",
};
