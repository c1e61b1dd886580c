import type { INodeProperties } from 'n8n-workflow';

/** The order of options in n8n's editor, which n8n's linter asks for. */
export function byDisplayName(one: INodeProperties, other: INodeProperties): number {
	return one.displayName.localeCompare(other.displayName);
}
