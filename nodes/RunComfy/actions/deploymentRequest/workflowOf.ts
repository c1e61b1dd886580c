import { readDeployedWorkflow, type DeployedWorkflow } from '../../deployment/deployedWorkflow';
import { isDisabled } from '../../deployment/searchDeployments';
import type { ItemContext } from '../../execution/itemContext';
import { perRun } from '../../execution/perRun';
import { deploymentDisabled } from '../../failures/apiFailure';

/** Reads each deployment once per run, however many items use it. */
const readersOf = perRun(() => new Map<string, Promise<DeployedWorkflow>>());

/**
 * The deployment of an item with what can be set in its workflow.
 *
 * @throws RunComfyFailure, `deployment_disabled` for one that fails every request
 */
export async function workflowOf(item: ItemContext, deploymentId: string): Promise<DeployedWorkflow> {
	const readers = readersOf(item);
	const known = readers.get(deploymentId);
	const reading =
		known ?? readDeployedWorkflow(item.transport, item.clock, deploymentId, { signal: item.run.signal });
	readers.set(deploymentId, reading);
	// A failure is not remembered: the next item asks again.
	if (known === undefined) reading.catch(() => readers.delete(deploymentId));
	const deployed = await reading;
	if (isDisabled(deployed.deployment)) throw deploymentDisabled(deploymentId);
	return deployed;
}
