import { submitToDeployment } from '../../api/deployment/submitToDeployment';
import type { ItemContext } from '../../execution/itemContext';
import type { JobTarget } from '../../shared/job';
import { workflowState } from '../../deployment/deploymentCache';
import { readDeploymentId } from '../parameters/deploymentField';
import { requirePassed } from '../steps/checkedInput';
import { prepareSafeSubmit, type PreparedSubmit } from '../steps/submitSafely';
import { checkInput } from './checkInput';
import { workflowOf } from './workflowOf';
import { readWebhook } from './submitOptions';

/** A workflow that waits for the call would wait without end. */
const NOT_CALLED =
	"An earlier request was reused, so RunComfy doesn't call this execution's Webhook URL. To have it called, set Reuse Results in Options to Never.";

/**
 * Reads and checks an item's input for a deployment, so that it can be submitted later.
 *
 * @throws RunComfyFailure `invalid_input`, `media_rejected` or `deployment_disabled`; and that of an earlier try whose
 * outcome is unknown
 */
export async function prepareSubmit(item: ItemContext): Promise<PreparedSubmit> {
	return await prepareSafeSubmit(item, async () => {
		const deploymentId = readDeploymentId(item);
		const { webhook, warnings } = readWebhook(item);
		const target: Required<JobTarget> = { family: 'deployment', targetId: deploymentId };
		const input = requirePassed(target, await checkInput(item, deploymentId));
		const { deployment } = await workflowOf(item, deploymentId);
		return {
			...input,
			version: workflowState(deployment),
			warnings: [...input.warnings, ...warnings],
			reuseWarnings: webhook === undefined ? [] : [NOT_CALLED],
			target,
			send: async (body, control) =>
				await submitToDeployment(item.transport, deploymentId, body, { webhook, ...control }),
		};
	});
}
