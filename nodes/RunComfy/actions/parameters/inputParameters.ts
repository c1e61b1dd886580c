import type { INodeProperties } from 'n8n-workflow';

import { inputChoice } from './inputChoice';
import { textInputsField } from './textInputsField';

/** What is submitted to: a model or a deployed workflow. */
interface InputTarget {
	/** As descriptions name it. */
	taker: 'model' | 'workflow';
	/** The parameter that selects it. */
	parameter: 'model' | 'deployment';
	/** The form of its inputs. */
	form: { displayName: string; name: string; description: string; method: string; noFields: string };
	/** What Using JSON takes, and what to enter as JSON. */
	json: { choice: string; description: string };
	/** Lists its inputs for texts. */
	textMethod: string;
	/** Lists its inputs for media. */
	mediaMethod: string;
	/** Beside the form. */
	notices?: INodeProperties[];
}

/** How to enter an input: as a form or as JSON, with long texts and files of the item. */
export function inputParameters({
	taker,
	parameter,
	form,
	json,
	textMethod,
	mediaMethod,
	notices = [],
}: InputTarget): INodeProperties[] {
	const loadOptionsDependsOn = [`${parameter}.value`];
	return [
		{
			displayName: 'Specify Input',
			name: 'specifyInput',
			type: 'options',
			// It decides which fields are shown; in the editor, an expression can't do that.
			noDataExpression: true,
			options: [
				{
					name: 'Using Fields Below',
					value: 'fields',
					description: `One field for each input of the ${taker}`,
				},
				{ name: 'Using JSON', value: 'json', description: json.choice },
			],
			default: 'fields',
			description: `How to specify the input of the ${taker}`,
		},
		{
			displayName: form.displayName,
			name: form.name,
			type: 'resourceMapper',
			default: { mappingMode: 'defineBelow', value: null },
			noDataExpression: true,
			description: form.description,
			typeOptions: {
				loadOptionsDependsOn,
				resourceMapper: {
					resourceMapperMethod: form.method,
					mode: 'map',
					fieldWords: { singular: 'input', plural: 'inputs' },
					valuesLabel: 'Inputs',
					addAllFields: true,
					supportAutoMap: false,
					allowEmptyValues: true,
					noFieldsError: form.noFields,
				},
			},
			displayOptions: { show: { specifyInput: ['fields'] } },
		},
		...notices,
		{
			displayName: 'Input (JSON)',
			name: 'inputJson',
			type: 'json',
			default: '{}',
			description: json.description,
			displayOptions: { show: { specifyInput: ['json'] } },
		},
		textInputsField(taker, textMethod, loadOptionsDependsOn),
		{
			displayName: 'Binary Inputs',
			name: 'binaryInputs',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add binary input',
			default: {},
			description: `Files from the incoming item to send as inputs of the ${taker}, up to about 48 MB in total`,
			displayOptions: { hide: { '@tool': [true] } },
			options: [
				{
					displayName: 'Input',
					name: 'input',
					values: [
						inputChoice({ taker, sent: 'file', loadOptionsMethod: mediaMethod, loadOptionsDependsOn }),
						{
							displayName: 'Input Binary Field',
							name: 'binaryPropertyName',
							type: 'string',
							default: 'data',
							placeholder: 'e.g. data',
							hint: 'The name of the input binary field containing the file',
						},
					],
				},
			],
		},
	];
}
