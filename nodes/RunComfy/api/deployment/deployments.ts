import { expectObject, unexpectedShape } from '../../failures/apiFailure';
import { isJsonObject } from '../../shared/json';
import { NetworkError } from '../../transport/apiResponse';
import type { ApiTransport } from '../../transport/apiTransport';
import type { CallControl } from '../jobApi';
import { deploymentPath, DEPLOYMENTS_PATH } from './paths';

/** A deployment as RunComfy describes it (documented). */
export interface Deployment {
	id: string;
	name?: string;
	workflow_id?: string;
	/** Which saved version of the workflow it runs, such as `v1`. */
	workflow_version?: string;
	/** Such as `standby`; RunComfy documents no list. */
	status?: string;
	/** When false, every request fails at once, new and running ones. */
	is_enabled?: boolean;
	/** ISO date. */
	updated_at?: string;
	/** `workflow_api_json`, `overrides` and `object_info_url`, where they were asked for; none for LoRA deployments. */
	payload?: unknown;
	[field: string]: unknown;
}

/** What of a deployment can be changed, by RunComfy's names (documented). */
export interface DeploymentChanges {
	is_enabled?: boolean;
	min_instances?: number;
	max_instances?: number;
	queue_size?: number;
	keep_warm_duration_in_seconds?: number;
}

/** How a deployment is read. */
export type DeploymentReading = Pick<CallControl, 'signal' | 'maxRepeats'>;

/** Reads all deployments of the account (free): there are no pages and no search (documented). @throws RunComfyFailure */
export async function readDeployments(transport: ApiTransport, reading: DeploymentReading = {}): Promise<Deployment[]> {
	const subject = { purpose: 'catalog' as const };
	const outcome = await transport.read({ method: 'GET', api: 'platformApi', path: DEPLOYMENTS_PATH, ...reading });
	const isBare = !(outcome instanceof NetworkError) && outcome.httpStatus < 300 && Array.isArray(outcome.json);
	// RunComfy's command line accepts the list inside an object as well (seen).
	const list = isBare ? outcome.json : expectObject(outcome, subject).deployments;
	if (!Array.isArray(list)) throw unexpectedShape(subject, 'deployments');
	return list.filter(isDeployment);
}

/**
 * Reads one deployment (free).
 *
 * @param includePayload asks for the workflow, its saved overrides and the URL of its node definitions. Whole numbers beyond
 * 2^53 in them are texts
 * @throws RunComfyFailure, `not_found` for one that the account does not have
 */
export async function readDeployment(
	transport: ApiTransport,
	deploymentId: string,
	{ includePayload, ...reading }: DeploymentReading & { includePayload?: boolean } = {},
): Promise<Deployment> {
	const subject = subjectOf(deploymentId);
	const outcome = await transport.read({
		method: 'GET',
		api: 'platformApi',
		path: deploymentPath(deploymentId),
		...(includePayload ? { query: { includes: 'payload' } } : {}),
		...reading,
	});
	const response = expectObject(outcome, subject);
	if (!isDeployment(response) || response.id.toLowerCase() !== deploymentId.toLowerCase())
		throw unexpectedShape(subject, 'id');
	return response;
}

/**
 * Changes a deployment. The same change twice is one, so the call may be repeated.
 *
 * @param name RunComfy refuses a change without it (documented)
 * @returns the deployment after the change, where RunComfy sends it
 * @throws RunComfyFailure
 */
export async function updateDeployment(
	transport: ApiTransport,
	deploymentId: string,
	name: string,
	changes: DeploymentChanges,
	reading: DeploymentReading = {},
): Promise<Record<string, unknown>> {
	const outcome = await transport.read({
		method: 'PATCH',
		api: 'platformApi',
		path: deploymentPath(deploymentId),
		body: Buffer.from(JSON.stringify({ name, ...changes })),
		...reading,
	});
	return expectObject(outcome, subjectOf(deploymentId));
}

function subjectOf(deploymentId: string) {
	return {
		purpose: 'catalog' as const,
		target: { family: 'deployment' as const, targetId: deploymentId },
	};
}

function isDeployment(value: unknown): value is Deployment {
	return isJsonObject(value) && typeof value.id === 'string' && value.id !== '';
}
