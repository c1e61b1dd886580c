import { isJsonObject } from '../shared/json';
import { fieldId } from './candidates';
import { linkOf, type WorkflowGraph } from './graph';

/**
 * The inputs that the saved overrides of a deployment name (`payload.overrides`, seen in RunComfy's clients: the shape of a
 * submit's `overrides`), with their values. Those that the graph does not have, and links, are left out. It never throws.
 */
export function savedOverrides(graph: WorkflowGraph, overrides: unknown): Map<string, { value: unknown }> {
	const found = new Map<string, { value: unknown }>();
	if (!isJsonObject(overrides)) return found;
	for (const [nodeId, entry] of Object.entries(overrides)) {
		const node = graph.nodes.get(nodeId);
		const inputs = isJsonObject(entry) && isJsonObject(entry.inputs) ? entry.inputs : undefined;
		if (node === undefined || inputs === undefined) continue;
		for (const [name, value] of Object.entries(inputs)) {
			if (node.inputs.has(name) && linkOf(value) === undefined) found.set(fieldId(nodeId, name), { value });
		}
	}
	return found;
}
