import { isJsonObject } from '../shared/json';
import type { EnteredWorkflow, WorkflowValue } from './entered';
import type { WorkflowGraph } from './graph';

/*
 * The body of a submit: `overridesBody(entered, values)`.
 */

/** A body, and what there is to say of it. */
export interface WorkflowBody {
	body: Record<string, unknown>;
	warnings: string[];
}

/** Runs that change nothing are not run by ComfyUI again (seen in RunComfy's clients). */
export const UNCHANGED =
	'Nothing is changed in the saved workflow. ComfyUI may return its cached result without files; change a seed to get a new one.';

/**
 * Makes the body: `{overrides}` with what is changed in the saved workflow, or `{workflow_api_json}` where another workflow
 * was entered, with the values written into it, since RunComfy's clients refuse both together. Whole numbers beyond 2^53
 * are bigints in it, to be written with all their digits.
 */
export function overridesBody(entered: EnteredWorkflow, values: WorkflowValue[]): WorkflowBody {
	if (entered.body !== undefined) return { body: entered.body, warnings: [] };
	if (entered.graph !== undefined)
		return { body: { ...entered.rest, workflow_api_json: withValues(entered.graph, values) }, warnings: [] };
	return {
		body: { overrides: nested(values), ...entered.rest },
		warnings: values.length === 0 ? [UNCHANGED] : [],
	};
}

type Nodes = Record<string, { inputs: Record<string, unknown> }>;

/** Without prototypes, so that any id and name is only a name. */
function nested(values: WorkflowValue[]): Nodes {
	const nodes = Object.create(null) as Nodes;
	for (const { nodeId, inputName, value } of values) {
		const node = (nodes[nodeId] ??= { inputs: Object.create(null) as Record<string, unknown> });
		node.inputs[inputName] = value;
	}
	return nodes;
}

function withValues(graph: WorkflowGraph, values: WorkflowValue[]): Record<string, unknown> {
	const changed = nested(values);
	const nodes = Object.create(null) as Record<string, unknown>;
	for (const { id, source } of graph.nodes.values()) {
		const inputs = isJsonObject(source.inputs) ? source.inputs : {};
		nodes[id] = id in changed ? { ...source, inputs: { ...inputs, ...changed[id]?.inputs } } : source;
	}
	return nodes;
}
