import type { INodeProperties } from 'n8n-workflow';

import { parseDeploymentId } from '../../deployment/deploymentId';
import type { ItemContext } from '../../execution/itemContext';
import { locatorValue } from '../../shared/resourceLocator';

/** Picks a deployment: from the account's list, by its ID, or by the URL of its page. */
export const deploymentField: INodeProperties = {
	displayName: 'Deployment',
	name: 'deployment',
	type: 'resourceLocator',
	default: { mode: 'list', value: '' },
	description: 'The ComfyUI workflow or LoRA that you deployed on RunComfy',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a deployment...',
			typeOptions: { searchListMethod: 'searchDeployments', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. d1d2a3b4-5678-4abc-9def-0123456789ab',
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://api.runcomfy.net/prod/v2/deployments/d1d2a3b4-5678-4abc-9def-0123456789ab',
		},
	],
};

/** The deployment ID of an item. @throws RunComfyFailure `invalid_input` */
export function readDeploymentId(item: ItemContext): string {
	return parseDeploymentId(locatorValue(item.parameter('deployment')));
}
