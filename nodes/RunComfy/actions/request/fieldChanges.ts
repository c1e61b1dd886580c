import type { ResourceMapperField } from 'n8n-workflow';

import { toMapperField } from '../../methods/mapperField';
import type { ModelInputs } from '../../schema/modelInputs';

/** How a model's fields differ from those saved with the workflow. Names are RunComfy's property names. */
export interface FieldChanges {
	removed: string[];
	/** The hint for the run; undefined when nothing changed. */
	hint?: string;
}

/** Compares the fields that the editor saved with those that the model has now. */
export function fieldChanges(saved: ResourceMapperField[], inputs: ModelInputs): FieldChanges {
	if (saved.length === 0) return { removed: [] };
	const now = new Map(inputs.inputs.map((input) => [input.name, toMapperField(input)]));
	const before = new Map(saved.map((field) => [field.id, field]));
	const added = [...now.keys()].filter((name) => !before.has(name));
	const removed = [...before.keys()].filter((name) => !now.has(name));
	const different = [...now.values()].filter((field) => {
		const old = before.get(field.id);
		return old !== undefined && fingerprint(old) !== fingerprint(field);
	});
	const parts = [
		listed(
			'new',
			added.map((name) => now.get(name)?.displayName ?? name),
		),
		listed(
			'removed from the model, so not sent',
			removed.map((name) => before.get(name)?.displayName ?? name),
		),
		listed(
			'changed',
			different.map(({ displayName }) => displayName),
		),
	].filter((part) => part !== undefined);
	if (parts.length === 0) return { removed };
	return {
		removed,
		hint: `The inputs of the model have changed since this node was set up (${parts.join('; ')}). Open the node and refresh its inputs.`,
	};
}

function listed(what: string, names: string[]): string | undefined {
	return names.length > 0 ? `${what}: ${names.join(', ')}` : undefined;
}

/** What makes a field different: its type, its choices, and the limits in its label. */
function fingerprint({ type, options, displayName }: ResourceMapperField): string {
	return JSON.stringify([type, displayName, (options ?? []).map(({ value }) => value)]);
}
