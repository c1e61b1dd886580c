import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import { readDeployment, updateDeployment } from '../../api/deployment/deployments';
import { forgetDeployment } from '../../deployment/deploymentCache';
import { deploymentName } from '../../deployment/searchDeployments';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { deploymentField, readDeploymentId } from '../parameters/deploymentField';
import { readChanges, updateFieldsField } from './updateFields';

const costNotice: INodeProperties = {
	displayName:
		'RunComfy charges for instances while they are up, even without requests. Disabling a deployment ends its running requests.',
	name: 'costNotice',
	type: 'notice',
	default: '',
};

export const description = updateDisplayOptions({ show: { resource: ['deployment'], operation: ['update'] } }, [
	deploymentField,
	costNotice,
	updateFieldsField,
]);

/** RunComfy refuses a change without the name, which is read first so that it stays as it is. */
export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const { run, signal } = item;
	const deploymentId = readDeploymentId(item);
	const changes = readChanges(item.parameter('updateFields', {}));
	const before = await readDeployment(run.transport, deploymentId, { signal });
	try {
		const name = deploymentName(before);
		const answer = await updateDeployment(run.transport, deploymentId, name, changes, { signal });
		return [{ json: { id: before.id, ...answer } }];
	} finally {
		// Also after a failure: the change may have been made.
		forgetDeployment(run.transport, deploymentId);
	}
}
