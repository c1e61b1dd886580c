import type { INodeProperties } from 'n8n-workflow';

import { deploymentField } from '../parameters/deploymentField';
import { formNotice } from '../parameters/formNotice';
import { inputParameters } from '../parameters/inputParameters';

/** What to submit: the deployment, and what to change in its workflow as a form or as JSON. */
export const submitFields: INodeProperties[] = [
	deploymentField,
	...inputParameters({
		taker: 'workflow',
		parameter: 'deployment',
		form: {
			displayName: 'Workflow Input',
			name: 'workflowInput',
			description:
				"The inputs of the deployed workflow. An empty field keeps the deployment's saved value, shown after its name. Add further inputs at the end of the list.",
			method: 'getWorkflowInputFields',
			noFields: 'This deployment has no input fields. Set Specify Input to Using JSON.',
		},
		json: {
			choice: 'Overrides, a whole workflow in API format, or the request body of a LoRA deployment',
			description:
				'What to change in the workflow, such as {"6.text": "a cat"} or {"overrides": {"6": {"inputs": {"text": "a cat"}}}}, or a whole workflow in API format',
		},
		textMethod: 'getWorkflowTextInputs',
		mediaMethod: 'getWorkflowMediaInputs',
		notices: [formNotice],
	}),
];
