import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { resources, router } from './actions/router';
import { nodeHints } from './actions/parameters/nodeHints';
import { targetSubtitle } from './actions/parameters/subtitle';
import { isToolRun } from './n8n/toolCall';
import { getMediaInputs, getModelInputFields, getTextInputs } from './methods/getModelInputFields';
import {
	getWorkflowInputFields,
	getWorkflowMediaInputs,
	getWorkflowTextInputs,
} from './methods/getWorkflowInputFields';
import { searchDeployments } from './methods/searchDeployments';
import { searchModels } from './methods/searchModels';

/** In the order of use. n8n's linter wants long lists in alphabetical order only where they are written in place. */
const resourceOptions: INodePropertyOptions[] = [
	{ name: 'Model Request', value: 'request' },
	{ name: 'Deployment Request (ComfyUI)', value: 'deploymentRequest' },
	{ name: 'Model', value: 'model' },
	{ name: 'Deployment', value: 'deployment' },
	{ name: 'Account', value: 'account' },
];

const resourceField: INodeProperties = {
	displayName: 'Resource',
	name: 'resource',
	type: 'options',
	noDataExpression: true,
	options: resourceOptions,
	default: 'request',
};

export class RunComfy implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'RunComfy',
		name: 'runComfy',
		icon: { light: 'file:runComfy.svg', dark: 'file:runComfy.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: targetSubtitle,
		description:
			'Generate images, videos and audio with RunComfy AI models. Each submit is a paid generation; all other operations are free. Instances of deployments are charged while they are up.',
		defaults: { name: 'RunComfy' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		hints: nodeHints,
		credentials: [{ name: 'runComfyApi', required: true }],
		properties: [resourceField, ...Object.values(resources).flatMap((resource) => resource.description)],
	};

	methods = {
		listSearch: { searchDeployments, searchModels },
		loadOptions: { getMediaInputs, getTextInputs, getWorkflowMediaInputs, getWorkflowTextInputs },
		resourceMapping: { getModelInputFields, getWorkflowInputFields },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// n8n doesn't pass on to an agent what a tool throws (seen in n8n 2.40.7). A failure is returned instead, so that the
		// language model can act on it.
		return await router(this, this.continueOnFail() || isToolRun(this));
	}
}
