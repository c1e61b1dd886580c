import type { INodeProperties } from 'n8n-workflow';

import { deploymentField } from '../parameters/deploymentField';

/** What to submit: the deployment, and what to change in its workflow as a form or as JSON. */
export const submitFields: INodeProperties[] = [
	deploymentField,
	{
		displayName: 'Specify Input',
		name: 'specifyInput',
		type: 'options',
		// It decides which fields there are, which an expression cannot do in the editor.
		noDataExpression: true,
		options: [
			{
				name: 'Using Fields Below',
				value: 'fields',
				description: 'One field for each input of the workflow',
			},
			{
				name: 'Using JSON',
				value: 'json',
				description: 'Overrides, a whole workflow in API format, or the request body of a LoRA deployment',
			},
		],
		default: 'fields',
		description: 'How to specify the input of the workflow',
	},
	{
		displayName: 'Workflow Input',
		name: 'workflowInput',
		type: 'resourceMapper',
		default: { mappingMode: 'defineBelow', value: null },
		noDataExpression: true,
		description:
			"The inputs of the deployed workflow. An empty field keeps the deployment's saved value, shown after its name. Add further inputs at the end of the list.",
		typeOptions: {
			loadOptionsDependsOn: ['deployment.value'],
			resourceMapper: {
				resourceMapperMethod: 'getWorkflowInputFields',
				mode: 'map',
				fieldWords: { singular: 'input', plural: 'inputs' },
				valuesLabel: 'Inputs',
				addAllFields: true,
				supportAutoMap: false,
				allowEmptyValues: true,
				noFieldsError: 'This deployment has no input fields. Set Specify Input to Using JSON.',
			},
		},
		displayOptions: { show: { specifyInput: ['fields'] } },
	},
	{
		displayName: 'Input (JSON)',
		name: 'inputJson',
		type: 'json',
		default: '{}',
		description:
			'What to change in the workflow, such as {"6.text": "a cat"} or {"overrides": {"6": {"inputs": {"text": "a cat"}}}}, or a whole workflow in API format',
		displayOptions: { show: { specifyInput: ['json'] } },
	},
	{
		displayName: 'Binary Inputs',
		name: 'binaryInputs',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add binary input',
		default: {},
		description: 'Files from the incoming item to send as inputs of the workflow, up to about 48 MB in total',
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
						typeOptions: {
							loadOptionsMethod: 'getWorkflowMediaInputs',
							loadOptionsDependsOn: ['deployment.value'],
						},
						default: '',
						description:
							'The workflow input to send the file to. Choose from the list, or specify an ID using an <a href="https://docs.n8n.io/code/expressions/">expression</a>.',
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
