import type { GivenInput } from '../schema/requestBody';
import { truncate } from '../shared/text';
import type { WorkflowValue } from './entered';
import { linkOf, type GraphNode } from './graph';
import { inputSpec } from './inputSpec';
import { folded } from './names';
import { meantName, nearestNames } from './nearest';
import type { Workflow } from './workflowInputs';

/** What is wrong, or unusual, about the place that a value is meant for. */
export interface TargetCheck {
	/** Goes on after the name of the field. */
	problem?: string;
	/** A whole sentence. */
	warning?: string;
}

const MAX_NAMED = 8;
const MAX_NAME = 60;

/** Whether a value has a place in the workflow: its node, its input, and what is linked there. */
export function targetProblem(workflow: Workflow, entered: WorkflowValue, source: GivenInput['source']): TargetCheck {
	const { nodeId, inputName, value } = entered;
	const node = workflow.graph.nodes.get(nodeId);
	if (node === undefined) return { problem: noNode(workflow, nodeId) };
	if (!node.inputs.has(inputName)) return noInput(workflow, node, inputName);
	const saved = linkOf(node.inputs.get(inputName));
	const given = source === 'json' ? linkOf(value) : undefined;
	if (given !== undefined && !workflow.graph.nodes.has(given.nodeId))
		return { problem: `is linked to node #${truncate(given.nodeId, MAX_NAME)}, which isn't in this workflow` };
	if (saved === undefined || given !== undefined) return {};
	// A form has no field for a link, so that this one had another meaning when it was filled in.
	return source === 'fields'
		? { problem: `can't be set any more: it is fed by #${truncate(saved.nodeId, MAX_NAME)} now` }
		: {
				warning: `${workflow.placeOf(nodeId, inputName)} cuts the link from #${truncate(saved.nodeId, MAX_NAME)}, because the JSON sets a value there.`,
			};
}

function noNode({ graph }: Workflow, nodeId: string): string {
	const nodes = [...graph.nodes.values()];
	const byName = new Map(nodes.map((node) => [nodeText(node), node]));
	const nearest = nearestNames(nodeId, [...byName.keys()], MAX_NAMED);
	const others = byName.size > nearest.length ? ` and ${byName.size - nearest.length} more` : '';
	return `isn't in this workflow: it has no node "${truncate(nodeId, MAX_NAME)}". It has ${nearest.join(', ')}${others}`;
}

function nodeText({ id, title, classType }: GraphNode): string {
	return `#${truncate(id, MAX_NAME)} (${truncate(folded(title ?? classType), MAX_NAME)})`;
}

/** An optional input of the class that nobody set has no place in the saved graph, and yet one in ComfyUI. */
function noInput({ classes }: Workflow, node: GraphNode, inputName: string): TargetCheck {
	const place = `#${truncate(node.id, MAX_NAME)} (${truncate(folded(node.title ?? node.classType), MAX_NAME)})`;
	if (inputSpec(classes.get(node.classType), inputName) !== undefined)
		return {
			warning: `Node ${place} has no saved value for "${truncate(inputName, MAX_NAME)}". The node submits it anyway; RunComfy may refuse it.`,
		};
	const names = [...node.inputs.keys()];
	const meant = meantName(inputName, names);
	const advice =
		meant === undefined
			? `It has ${
					names
						.slice(0, MAX_NAMED)
						.map((name) => `"${truncate(name, MAX_NAME)}"`)
						.join(', ') || 'none'
				}`
			: `Did you mean "${truncate(meant, MAX_NAME)}"?`;
	return { problem: `isn't an input of node ${place}. ${advice}` };
}
