import { truncate } from '../shared/text';
import type { WorkflowInput } from './workflowInput';

/*
 * What became of the fields that the editor stored with the n8n workflow: `storedTitle(field)` and `fieldChange(field, input)`.
 */

/** A field as the editor stores it: n8n's `ResourceMapperField`, as far as it counts here. */
export interface StoredField {
	id: string;
	displayName?: string;
	type?: string;
}

/** How a live input differs from the stored field of its id. */
export type FieldChange = 'none' | 'renamed' | 'replaced';

/** No label is longer. Characters. */
const MAX_LABEL = 200;

/** The title of a stored field, without the range and the saved value behind it, which change with every version. */
export function storedTitle({ displayName }: StoredField): string | undefined {
	if (displayName === undefined || displayName === '') return undefined;
	return truncate(displayName.slice(0, MAX_LABEL).replace(/ \((?:[^()]|\([^()]*\))*\)$/, '') || displayName, 80);
}

/**
 * Whether a node id means another node now. A title may change with the names of other nodes, so that only one whose field
 * was of another type as well counts as another node.
 */
export function fieldChange(stored: StoredField | undefined, input: WorkflowInput): FieldChange {
	const { displayName, type } = stored ?? {};
	if (displayName === undefined || displayName === input.title || displayName.startsWith(`${input.title} (`))
		return 'none';
	return type === undefined || fitsFieldType(type, input) ? 'renamed' : 'replaced';
}

/** Whether values of a field of the editor fit an input; texts may be converted to anything but are checked then. */
function fitsFieldType(type: string, input: WorkflowInput): boolean {
	switch (type) {
		case 'number':
			return input.kind === 'integer' || input.kind === 'number';
		case 'boolean':
			return input.kind === 'boolean';
		case 'options':
			return input.kind === 'choice' || input.kind === 'text';
		default:
			return (
				input.kind !== 'boolean' &&
				((input.kind !== 'number' && input.kind !== 'integer') || input.isEnteredAsText === true)
			);
	}
}
