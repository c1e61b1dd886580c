import type { Endpoint } from '../faults';
import type { DeploymentSettings } from './types';

/** A call to one deployment: what of it, and under which prefix. */
export interface DeploymentRoute {
	endpoint: Endpoint;
	prefix: 'v1' | 'v2';
	deploymentId: string;
	requestId: string;
}

const ROUTE =
	/^\/prod\/(v1|v2)\/deployments(?:\/([^/]+)(?:\/(inference)|\/requests\/([^/]+)\/(status|result|cancel))?)?$/;

/** Reads the path of a platform call; undefined for any other. */
export function deploymentRouteOf(method: string, path: string): DeploymentRoute | undefined {
	const [, prefix, id, inference, requestId = '', part] = ROUTE.exec(path) ?? [];
	if (prefix === undefined) return undefined;
	const endpoint = endpointOf(method, id, inference, part);
	if (endpoint === undefined) return undefined;
	return {
		endpoint,
		prefix: prefix as 'v1' | 'v2',
		deploymentId: decodeURIComponent(id ?? ''),
		requestId: decodeURIComponent(requestId),
	};
}

/** Whether the service has this route: deployments are known under v2 alone, their requests as it is set up. */
export function isKnownRoute({ endpoint, prefix }: DeploymentRoute, settings: DeploymentSettings): boolean {
	const isAboutRequests = ['submit', 'status', 'result', 'cancel'].includes(endpoint);
	return isAboutRequests ? settings.prefix === 'both' || settings.prefix === prefix : prefix === 'v2';
}

function endpointOf(method: string, id?: string, inference?: string, part?: string): Endpoint | undefined {
	if (id === undefined) return method === 'GET' ? 'deployments' : undefined;
	if (inference) return method === 'POST' ? 'submit' : undefined;
	if (part) return part as Endpoint;
	if (method === 'GET') return 'deployment';
	return method === 'PATCH' ? 'updateDeployment' : undefined;
}
