import type { INodeProperties } from 'n8n-workflow';

import { formNotice } from '../parameters/formNotice';
import { modelField } from '../parameters/modelField';
import { textInputsField } from '../parameters/textInputsField';

/** What to submit: the model, and its input as a form or as JSON. */
export const submitFields: INodeProperties[] = [
	modelField,
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
				description: 'One field for each input of the model',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: "The request body, as described in RunComfy's API documentation",
			},
		],
		default: 'fields',
		description: 'How to specify the input of the model',
	},
	{
		displayName: 'Model Input',
		name: 'modelInput',
		type: 'resourceMapper',
		default: { mappingMode: 'defineBelow', value: null },
		noDataExpression: true,
		description:
			'The inputs of the model. Fields marked with a star (*) are required. Empty fields are not sent, and one with a single choice is shown only when you add it. To enter several URLs in one field, use a JSON list: ["https://…", "https://…"].',
		typeOptions: {
			loadOptionsDependsOn: ['model.value'],
			resourceMapper: {
				resourceMapperMethod: 'getModelInputFields',
				mode: 'map',
				fieldWords: { singular: 'input', plural: 'inputs' },
				valuesLabel: 'Inputs',
				addAllFields: true,
				supportAutoMap: false,
				allowEmptyValues: true,
				noFieldsError: 'This model has no input fields. Set Specify Input to Using JSON.',
			},
		},
		displayOptions: { show: { specifyInput: ['fields'] } },
	},
	formNotice,
	{
		displayName: 'Input (JSON)',
		name: 'inputJson',
		type: 'json',
		default: '{}',
		description: 'The input of the model as a JSON object, with the property names from its API documentation',
		displayOptions: { show: { specifyInput: ['json'] } },
	},
	textInputsField,
	{
		displayName: 'Binary Inputs',
		name: 'binaryInputs',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add binary input',
		default: {},
		description: 'Files from the incoming item to send as inputs of the model, up to about 48 MB in total',
		displayOptions: { hide: { '@tool': [true] } },
		options: [
			{
				displayName: 'Input',
				name: 'input',
				values: [
					{
						displayName: 'Field Name or ID',
						name: 'field',
						type: 'options',
						typeOptions: { loadOptionsMethod: 'getMediaInputs', loadOptionsDependsOn: ['model.value'] },
						default: '',
						description:
							'The model input to send the file to. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
					},
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
