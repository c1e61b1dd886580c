import type { Deployment } from '../api/deployment/deployments';

/** More words than anybody types into a search. */
const MAX_WORDS = 20;

/**
 * The deployments whose name, ID or workflow ID holds all words of a text, in any order; those that can run come first, else the
 * order of the account's list stays.
 */
export function searchDeployments(deployments: readonly Deployment[], text: string): Deployment[] {
	const words = normalised(text).split(' ').filter(Boolean).slice(0, MAX_WORDS);
	const found = deployments.filter((deployment) => {
		const { id, name, workflow_id: workflowId } = deployment;
		const haystack = [name, id, workflowId].filter((part) => typeof part === 'string').map(normalised);
		return words.every((word) => haystack.some((part) => part.includes(word)));
	});
	return found.sort((one, other) => Number(isDisabled(one)) - Number(isDisabled(other)));
}

/** What a list shows of a deployment; one without a name shows its ID. */
export function deploymentName({ id, name }: Deployment): string {
	return typeof name === 'string' && name.trim() !== '' ? name.trim() : id;
}

/** Whether every request to it fails at once (documented). */
export function isDisabled({ is_enabled: isEnabled }: Deployment): boolean {
	return isEnabled === false;
}

function normalised(text: string): string {
	return text
		.toLowerCase()
		.replace(/[\s_]+/g, ' ')
		.trim();
}
