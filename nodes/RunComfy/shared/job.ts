import { isJsonObject } from './json';

/** RunComfy's API families: models of the catalog, and ComfyUI workflows that a user deployed. */
const FAMILIES = ['model', 'deployment'] as const;
export type JobFamily = (typeof FAMILIES)[number];

/** What a job runs: a model or a deployment. */
export interface JobTarget {
	family: JobFamily;
	/** The ID of the model or of the deployment, if known. */
	targetId?: string;
}

/** A request at RunComfy, of either family. It is plain JSON because it is stored with executions. */
export interface JobRef extends JobTarget {
	requestId: string;
	/** An earlier execution submitted it, and this one only takes its result: it is never cancelled here. */
	isReused?: true;
}

/** Where an output item carries what was generated, under RunComfy's own name for it. */
export function outputKey({ family }: JobTarget): 'output' | 'outputs' {
	return family === 'model' ? 'output' : 'outputs';
}

/** Whether a stored value is a job of a family that this version knows. */
export function isJobRef(value: unknown): value is JobRef {
	return (
		isJsonObject(value) &&
		typeof value.requestId === 'string' &&
		value.requestId !== '' &&
		(FAMILIES as readonly unknown[]).includes(value.family) &&
		(value.targetId === undefined || typeof value.targetId === 'string')
	);
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

/** A job, under the keys that items and failures use for it. */
export function jobKeys(job: JobRef): { request_id: string; model_id?: string; deployment_id?: string } {
	return { request_id: job.requestId, ...targetKeys(job) };
}
