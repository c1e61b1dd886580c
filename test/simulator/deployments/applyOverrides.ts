import type { ApiError } from '../errorBodies';
import type { Graph, Overrides } from './types';

type Problem = NonNullable<ApiError['detail']>[number];

/** A graph with other values, and what of them does not fit it. */
export interface AppliedOverrides {
	graph: Graph;
	problems: Problem[];
}

/** Sets values of a saved graph as the service documents it: ids of nodes and names of inputs have to exist. */
export function applyOverrides(saved: Graph, overrides: Overrides): AppliedOverrides {
	const graph = structuredClone(saved);
	const problems: Problem[] = [];
	for (const [nodeId, change] of Object.entries(overrides)) {
		const loc = ['body', 'overrides', nodeId];
		const node = Object.hasOwn(graph, nodeId) ? graph[nodeId] : undefined;
		if (node === undefined) {
			problems.push({ loc, msg: `Node ${nodeId} does not exist in the workflow`, type: 'value_error' });
			continue;
		}
		if (typeof change?.inputs !== 'object' || change.inputs === null) {
			problems.push({ loc: [...loc, 'inputs'], msg: 'Field required', type: 'missing' });
			continue;
		}
		for (const [name, value] of Object.entries(change.inputs)) {
			// Inputs of dynamic types have no entry of their own name before they are set.
			const exists = Object.hasOwn(node.inputs, name) || name.includes('.');
			const problem = exists ? typeProblem(node.inputs[name], value) : 'Unknown input';
			if (problem) problems.push({ loc: [...loc, 'inputs', name], msg: problem, type: 'value_error' });
			if (exists) node.inputs[name] = value;
		}
	}
	return { graph, problems };
}

/** The saved value tells the type: a text never becomes a number here, while ComfyUI turns numbers into texts. */
function typeProblem(saved: unknown, value: unknown): string | undefined {
	if (typeof saved === 'number' && typeof value !== 'number' && !Array.isArray(value))
		return 'Input should be a number';
	if (typeof saved === 'boolean' && typeof value !== 'boolean') return 'Input should be a boolean';
	return undefined;
}
