import type { ItemContext } from '../../execution/itemContext';
import { deploymentJob, type JobRef } from '../../shared/job';
import { readDeploymentId } from '../parameters/deploymentField';
import { readRequestId } from '../parameters/requestIdField';

/** The request that an item names: RunComfy knows it only under its deployment (documented). @throws RunComfyFailure */
export function jobOf(item: ItemContext): JobRef {
	return deploymentJob(readRequestId(item), readDeploymentId(item));
}
