/** RunComfy's API families: models of the catalog, and ComfyUI workflows that a user deployed. */
export type JobFamily = 'model' | 'deployment';

/** What a job runs. */
export interface JobTarget {
	family: JobFamily;
	/** The ID of the model or of the deployment, where it is known. */
	targetId?: string;
}

/** A request at RunComfy, of either family. It is plain JSON, because it is stored with executions. */
export interface JobRef extends JobTarget {
	requestId: string;
}

/** A job of the Model API. */
export function modelJob(requestId: string, modelId?: string): JobRef {
	return { family: 'model', requestId, ...(modelId === undefined ? {} : { targetId: modelId }) };
}

/** A job of a deployment: its calls need both IDs. */
export function deploymentJob(requestId: string, deploymentId: string): JobRef {
	return { family: 'deployment', requestId, targetId: deploymentId };
}

/** What a job runs, by the names that items and failures have for it. */
export function targetKeys({ family, targetId }: JobTarget): { model_id?: string; deployment_id?: string } {
	if (targetId === undefined) return {};
	return family === 'model' ? { model_id: targetId } : { deployment_id: targetId };
}

/** A job by the names that items and failures have for it. */
export function jobKeys(job: JobRef): { request_id: string; model_id?: string; deployment_id?: string } {
	return { request_id: job.requestId, ...targetKeys(job) };
}
