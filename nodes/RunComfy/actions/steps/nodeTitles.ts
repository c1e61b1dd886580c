import { readDeployedWorkflow } from '../../deployment/deployedWorkflow';
import type { ItemContext } from '../../execution/itemContext';
import { comfyReason } from '../../failures/comfyReason';
import { GenerationFailure, generationFailure } from '../../jobs/outcomeFailures';

/**
 * Names the nodes in ComfyUI's reason as the form does, by the titles that the workflow's author gave them, and not by their
 * classes.
 *
 * @returns the failure as it was where it names no node, or where the workflow can't be read
 */
export async function withNodeTitles(item: ItemContext, error: unknown): Promise<unknown> {
	if (!(error instanceof GenerationFailure)) return error;
	const { job, result } = error;
	if (job.family !== 'deployment' || job.targetId === undefined) return error;
	if (comfyReason(result.error) === undefined) return error;
	try {
		const { transport, clock, signal } = item;
		const { workflow } = await readDeployedWorkflow(transport, clock, job.targetId, { signal, maxRepeats: 0 });
		return workflow === undefined ? error : generationFailure(job, result, workflow.titleOf);
	} catch {
		return error;
	}
}
