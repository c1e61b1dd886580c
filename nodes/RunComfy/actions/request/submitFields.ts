import type { INodeProperties } from 'n8n-workflow';

import { formNotice } from '../parameters/formNotice';
import { inputParameters } from '../parameters/inputParameters';
import { modelField } from '../parameters/modelField';

/** What to submit: the model, and its input as a form or as JSON. */
export const submitFields: INodeProperties[] = [
	modelField,
	...inputParameters({
		taker: 'model',
		parameter: 'model',
		form: {
			displayName: 'Model Input',
			name: 'modelInput',
			description:
				'The inputs of the model. Fields marked with a star (*) are required. Empty fields aren\'t sent. A field with a single choice is shown only when you add it. To enter several URLs in one field, use a JSON list: ["https://…", "https://…"].',
			method: 'getModelInputFields',
			noFields: 'This model has no input fields. Set Specify Input to Using JSON.',
		},
		json: {
			choice: "The request body, as described in RunComfy's API documentation",
			description: 'The input of the model as a JSON object, with the property names from its API documentation',
		},
		textMethod: 'getTextInputs',
		mediaMethod: 'getMediaInputs',
		notices: [formNotice],
	}),
];
