import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { Deployment } from '../api/deployment/deployments';
import { cachedDeployments } from '../deployment/deploymentCache';
import { deploymentName, isDisabled, searchDeployments as search } from '../deployment/searchDeployments';
import { toNodeError } from '../failures/nodeError';
import { systemClock } from '../shared/clock';
import { openTransport } from '../transport/apiTransport';

const PAGE_SIZE = 50;

/** The deployment list of the editor, a part at a time; one reading serves all keys that are pressed in a minute. */
export async function searchDeployments(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: unknown,
): Promise<INodeListSearchResult> {
	const offset = Number(paginationToken ?? 0) || 0;
	try {
		const deployments = await cachedDeployments(await openTransport(this, systemClock));
		const found = search(deployments, filter ?? '');
		const next = offset + PAGE_SIZE;
		return {
			results: found.slice(offset, next).map((deployment) => ({
				name: isDisabled(deployment) ? `${deploymentName(deployment)} (disabled)` : deploymentName(deployment),
				value: deployment.id,
				description: describe(deployment),
			})),
			// A text, because n8n hands a number back as one.
			...(next < found.length ? { paginationToken: String(next) } : {}),
		};
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

function describe({ workflow_version: version, hardware, status }: Deployment): string {
	const parts = [version, ...(Array.isArray(hardware) ? hardware : []), status];
	return parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');
}
