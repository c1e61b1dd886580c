import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { DEPLOYMENTS } from '../../simulator/deployments/demoDeployments';

/** The Deployment parameter as the editor stores it. */
export const deploymentLocator = (id: string = DEPLOYMENTS.textToImage) =>
	({ __rl: true, mode: 'id', value: id }) as unknown as INodeParameters;

/** Parameters of a deployment request with its input in the form's fields. */
export function workflowFields(value: IDataObject, more: INodeParameters = {}): INodeParameters {
	return {
		resource: 'deploymentRequest',
		operation: 'submitAndWait',
		deployment: deploymentLocator(),
		specifyInput: 'fields',
		workflowInput: { mappingMode: 'defineBelow', value, matchingColumns: [], schema: [] } as never,
		...more,
	};
}

/** The same with the input as JSON. */
export function workflowJson(input: unknown, more: INodeParameters = {}): INodeParameters {
	const inputJson = typeof input === 'string' ? input : JSON.stringify(input);
	return { ...workflowFields({}), specifyInput: 'json', inputJson, ...more };
}
