import type { INodeProperties } from 'n8n-workflow';

import { modelField } from './modelField';

/** What to submit: the model, and its input as a form or as JSON. */
export const submitFields: INodeProperties[] = [
	modelField,
	{
		displayName: 'Specify Input',
		name: 'specifyInput',
		type: 'options',
		options: [
			{
				name: 'Using Fields Below',
				value: 'fields',
				description: 'One field for each input of the model',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: "The request body as in RunComfy's API documentation",
			},
		],
		default: 'fields',
		description: 'How to enter the input of the model',
	},
	{
		displayName: 'Model Input',
		name: 'modelInput',
		type: 'resourceMapper',
		default: { mappingMode: 'defineBelow', value: null },
		noDataExpression: true,
		description: 'The inputs of the model. Fields that are left empty are not sent.',
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
	{
		displayName: 'Input (JSON)',
		name: 'inputJson',
		type: 'json',
		default: '{}',
		description: 'The input of the model as a JSON object, with the property names of its API documentation',
		displayOptions: { show: { specifyInput: ['json'] } },
	},
];
