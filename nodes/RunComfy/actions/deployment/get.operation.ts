import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { readDeployment } from '../../api/deployment/deployments';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { deploymentField, readDeploymentId } from '../parameters/deploymentField';
import { readBoolean } from '../parameters/readParameters';

const includePayloadField: INodeProperties = {
	displayName: 'Include Workflow',
	name: 'includePayload',
	type: 'boolean',
	default: false,
	description:
		'Whether to include the payload: the deployed workflow in API format, its saved overrides and the URL of its node definitions',
};

export const description = updateDisplayOptions({ show: { resource: ['deployment'], operation: ['get'] } }, [
	deploymentField,
	includePayloadField,
]);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const deployment = await readDeployment(item.run.transport, readDeploymentId(item), {
		includePayload: readBoolean(item.parameter('includePayload', false), includePayloadField),
		signal: item.signal,
	});
	return [{ json: deployment as IDataObject }];
}
