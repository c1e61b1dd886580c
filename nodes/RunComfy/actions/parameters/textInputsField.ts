import type { INodeProperties } from 'n8n-workflow';

import { inputChoice } from './inputChoice';

/**
 * Long texts: a field of the form has one line, and n8n drops line breaks that are pasted into it.
 *
 * @param taker what is submitted to, as descriptions name it
 * @param loadOptionsMethod lists its inputs for texts: the form shows their titles, and never the names that are sent
 */
export function textInputsField(
	taker: 'model' | 'workflow',
	loadOptionsMethod: string,
	loadOptionsDependsOn: string[],
): INodeProperties {
	return {
		displayName: 'Text Inputs',
		name: 'textInputs',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add long text',
		default: {},
		description:
			'Long texts such as prompts, lyrics and scripts, with their line breaks. If you enter the text of an input here, leave its field above empty.',
		options: [
			{
				displayName: 'Input',
				name: 'input',
				values: [
					inputChoice({ taker, sent: 'text', loadOptionsMethod, loadOptionsDependsOn }),
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
