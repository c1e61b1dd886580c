/** The versions of the platform API. New integrations use v2; older pages and one of RunComfy's clients use v1 (seen). */
export type ApiVersion = 'v1' | 'v2';

/** All deployments of the account (documented; v2 alone). */
export const DEPLOYMENTS_PATH = '/prod/v2/deployments';

/** One deployment (documented; v2 alone). */
export function deploymentPath(deploymentId: string): string {
	return `${DEPLOYMENTS_PATH}/${encodeURIComponent(deploymentId)}`;
}

/** Where a deployment takes requests (documented). */
export function inferencePath(version: ApiVersion, deploymentId: string): string {
	return `/prod/${version}/deployments/${encodeURIComponent(deploymentId)}/inference`;
}

/** A part of a request (documented). */
export function requestPath(
	version: ApiVersion,
	{ deploymentId, requestId }: { deploymentId: string; requestId: string },
	part: 'status' | 'result' | 'cancel',
): string {
	return `/prod/${version}/deployments/${encodeURIComponent(deploymentId)}/requests/${encodeURIComponent(requestId)}/${part}`;
}
