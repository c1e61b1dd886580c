import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { resources, router } from './actions/router';
import { nodeHints } from './actions/parameters/nodeHints';
import { isToolRun } from './n8n/toolCall';
import { getMediaInputs, getModelInputFields } from './methods/getModelInputFields';
import { getWorkflowInputFields, getWorkflowMediaInputs } from './methods/getWorkflowInputFields';
import { searchDeployments } from './methods/searchDeployments';
import { searchModels } from './methods/searchModels';

export class RunComfy implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'RunComfy',
		name: 'runComfy',
		icon: { light: 'file:runComfy.svg', dark: 'file:runComfy.dark.svg' },
		group: ['transform'],
		version: 1,
		// There is room for about 28 letters, so the model is shown without its owner.
		subtitle:
			'={{ $parameter["operation"] + ": " + ($parameter["resource"] === "deploymentRequest" ? String($parameter["deployment"]?.cachedResultName || $parameter["deployment"]?.value || "deployment") : ["submit", "submitAndWait", "checkInput", "get"].includes($parameter["operation"]) && $parameter["resource"] !== "deployment" ? String($parameter["model"]?.value ?? $parameter["model"] ?? "").replace(/^.*\\/models\\//, "").replace(/^[^\\/]+\\//, "") : $parameter["resource"]) }}',
		description:
			'Generate images, videos and audio with RunComfy AI models. Each submit is a paid generation; all other operations are free. Instances of deployments are charged while they are up.',
		defaults: { name: 'RunComfy' },
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		usableAsTool: true,
		hints: nodeHints,
		credentials: [{ name: 'runComfyApi', required: true }],
		properties: [
			{
				displayName: 'Resource',
				name: 'resource',
				type: 'options',
				noDataExpression: true,
				options: [
					{
						name: 'Account',
						value: 'account',
					},
					{
						name: 'Deployment',
						value: 'deployment',
					},
					{
						name: 'Deployment Request (ComfyUI)',
						value: 'deploymentRequest',
					},
					{
						name: 'Model',
						value: 'model',
					},
					{
						name: 'Model Request',
						value: 'request',
					},
				],
				default: 'request',
			},
			...Object.values(resources).flatMap((resource) => resource.description),
		],
	};

	methods = {
		listSearch: { searchDeployments, searchModels },
		loadOptions: { getMediaInputs, getWorkflowMediaInputs },
		resourceMapping: { getModelInputFields, getWorkflowInputFields },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// n8n doesn't pass on to an agent what a tool throws (seen in n8n 2.40.7). A failure is returned instead, so that the
		// language model can act on it.
		return await router(this, this.continueOnFail() || isToolRun(this));
	}
}
