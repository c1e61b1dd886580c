import { submitToDeployment } from '../../api/deployment/submitToDeployment';
import type { ItemContext } from '../../execution/itemContext';
import type { JobTarget } from '../../shared/job';
import { readDeploymentId } from '../parameters/deploymentField';
import { requirePassed } from '../steps/checkedInput';
import { prepareSafeSubmit, type PreparedSubmit } from '../steps/submitSafely';
import { checkInput } from './checkInput';
import { readWebhook } from './submitOptions';

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
		return {
			...input,
			warnings: [...input.warnings, ...warnings],
			target,
			send: async (body, control) =>
				await submitToDeployment(item.transport, deploymentId, body, { webhook, ...control }),
		};
	});
}
