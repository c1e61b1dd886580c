import { readDeployment, readDeployments, type Deployment } from '../api/deployment/deployments';
import { TimedCache } from '../shared/timedCache';
import type { ApiTransport } from '../transport/apiTransport';

/** A deployment moves to another workflow version by an edit; what a run sees of it is never older. Milliseconds. */
const LIFETIME_MS = 60_000;
const MAX_ENTRIES = 100;

const cache = new TimedCache(LIFETIME_MS, MAX_ENTRIES);

/**
 * The deployments of the account, possibly from the last minute. The list is shared: nobody may change it.
 *
 * @throws RunComfyFailure, which is not remembered
 */
export async function cachedDeployments(
	transport: ApiTransport,
	signal?: AbortSignal,
	maxRepeats?: number,
): Promise<readonly Deployment[]> {
	const read = async () => await readDeployments(transport, { maxRepeats });
	return await cache.get(`${transport.account} deployments`, read, signal);
}

/** One deployment with its payload, likewise. @throws RunComfyFailure, which is not remembered */
export async function cachedDeployment(
	transport: ApiTransport,
	deploymentId: string,
	signal?: AbortSignal,
	maxRepeats?: number,
): Promise<Deployment> {
	const read = async () => await readDeployment(transport, deploymentId, { includePayload: true, maxRepeats });
	return await cache.get(keyOf(transport, deploymentId), read, signal);
}

/** After a change made here, or an answer that proves that what is known is out of date. */
export function forgetDeployment(transport: ApiTransport, deploymentId: string): void {
	cache.forget(keyOf(transport, deploymentId));
	cache.forget(`${transport.account} deployments`);
}

function keyOf({ account }: ApiTransport, deploymentId: string): string {
	return `${account} deployment ${deploymentId.toLowerCase()}`;
}

/**
 * What tells one state of a deployment's workflow from another: it changes with the deployed version and with each edit.
 *
 * @returns undefined where RunComfy doesn't tell version and date, so that nothing says whether the workflow is the same
 */
export function workflowState({ workflow_version: version, updated_at: date }: Deployment): string | undefined {
	const isTold = (value: unknown) => typeof value === 'string' && value !== '';
	return isTold(version) && isTold(date) ? `${version} ${date}` : undefined;
}

/** What is derived from a deployment's graph may be kept under this key. @returns undefined where nothing may be kept */
export function graphKey(transport: ApiTransport, deployment: Deployment): string | undefined {
	const state = workflowState(deployment);
	return state === undefined ? undefined : `${transport.account} ${deployment.id.toLowerCase()} ${state}`;
}
