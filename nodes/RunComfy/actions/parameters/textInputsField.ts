import type { INodeProperties } from 'n8n-workflow';

/** Long texts: a field of the form has one line, and n8n drops line breaks that are pasted into it. */
export function textInputsField(taker: 'model' | 'workflow'): INodeProperties {
	return {
		displayName: 'Text Inputs',
		name: 'textInputs',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add long text',
		default: {},
		description:
			'Long texts such as prompts, lyrics and scripts, with their line breaks. A field that has a text here must be empty above.',
		options: [
			{
				displayName: 'Input',
				name: 'input',
				values: [
					{
						displayName: 'Field',
						name: 'field',
						type: 'string',
						default: '',
						placeholder: taker === 'model' ? 'e.g. prompt' : 'e.g. 6.text',
						description:
							taker === 'model'
								? 'The property name of the input, as in the API documentation of the model'
								: 'The ID of the node and the name of its input, separated by a dot',
					},
					{
						displayName: 'Text',
						name: 'text',
						type: 'string',
						typeOptions: { rows: 6 },
						default: '',
						description: 'The text to send, with its line breaks',
					},
				],
			},
		],
	};
}
