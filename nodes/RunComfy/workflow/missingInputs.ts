import { truncate } from '../shared/text';
import { isJsonObject } from '../shared/json';
import type { WorkflowGraph } from './graph';
import { isDynamicType } from './inputSpec';
import type { NodeClass } from './objectInfo';

/** So many are named in a hint. */
const MAX_NAMED = 5;

/**
 * Says which inputs the classes of a workflow require and its nodes lack: ComfyUI would refuse it, as after an update of a
 * custom node. It is a hint alone, because the node definitions may be those of another version.
 *
 * @param isUsed nodes that ComfyUI would skip need nothing
 */
export function missingInputsHint(
	graph: WorkflowGraph,
	classes: ReadonlyMap<string, NodeClass>,
	isUsed: (nodeId: string) => boolean,
): string | undefined {
	const missing: string[] = [];
	for (const { id, classType, inputs } of graph.nodes.values()) {
		const described = classes.get(classType)?.input;
		const required = isJsonObject(described) && isJsonObject(described.required) ? described.required : {};
		for (const [name, spec] of isUsed(id) ? Object.entries(required) : []) {
			if (!inputs.has(name) && !isDynamicType(spec)) missing.push(`#${truncate(id, 40)} ${truncate(name, 40)}`);
		}
	}
	if (missing.length === 0) return undefined;
	const others = missing.length > MAX_NAMED ? ` and ${missing.length - MAX_NAMED} more` : '';
	return `The workflow has no value for inputs that its nodes require: ${missing.slice(0, MAX_NAMED).join(', ')}${others}. RunComfy may reject it; check the workflow in ComfyUI.`;
}
