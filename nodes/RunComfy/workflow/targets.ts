import type { GivenInput } from '../schema/requestBody';
import { truncate } from '../shared/text';
import type { WorkflowValue } from './entered';
import { linkOf, type GraphNode } from './graph';
import { inputSpec } from './inputSpec';
import { folded } from './names';
import { meantName, nearestNames } from '../shared/nearestNames';
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

/**
 * Whether a value has a place in the workflow: its node, its input, and what is linked there.
 *
 * @param isExplained whether to look for what was probably meant, which takes a while
 */
export function targetProblem(workflow: Workflow, entered: WorkflowValue, isExplained = true): TargetCheck {
	const { nodeId, inputName, value, source } = entered;
	const node = workflow.graph.nodes.get(nodeId);
	if (node === undefined) return { problem: noNode(workflow, nodeId, isExplained) };
	if (!node.inputs.has(inputName)) return noInput(workflow, node, { inputName, source, isExplained });
	const saved = linkOf(node.inputs.get(inputName));
	const given = source === 'json' ? linkOf(value) : undefined;
	if (given !== undefined && !workflow.graph.nodes.has(given.nodeId))
		return { problem: `is linked to node #${truncate(given.nodeId, MAX_NAME)}, which isn't in this workflow` };
	if (saved === undefined && source === 'fields' && workflow.find(nodeId, inputName) === undefined)
		return { problem: 'can now only be set with JSON' };
	if (saved === undefined || given !== undefined) return {};
	// A form has no field for a link, so that this one had another meaning when it was filled in.
	return source === 'fields'
		? { problem: `can't be set: it is now connected to #${truncate(saved.nodeId, MAX_NAME)}` }
		: {
				warning: `${workflow.placeOf(nodeId, inputName)} cuts the link from #${truncate(saved.nodeId, MAX_NAME)}, because the JSON sets a value there.`,
			};
}

/** Ids are compared with ids, and words with titles too: people name nodes by what they read. */
function noNode({ graph }: Workflow, nodeId: string, isExplained: boolean): string {
	const problem = `isn't in this workflow: there is no node "${truncate(nodeId, MAX_NAME)}"`;
	if (!isExplained) return problem;
	const isNumber = /^[\d:]+$/.test(nodeId);
	const byName = new Map<string, GraphNode>();
	for (const node of graph.nodes.values()) {
		if (!isNumber) byName.set(folded(node.title ?? node.classType), node);
		byName.set(node.id, node);
	}
	const nearest = new Set(nearestNames(nodeId, byName.keys(), MAX_NAMED).map((name) => byName.get(name)));
	const named = [...nearest].filter((node) => node !== undefined).map(nodeText);
	const others = graph.nodes.size > named.length ? ` and ${graph.nodes.size - named.length} more` : '';
	return `${problem}. The workflow has ${named.join(', ')}${others}`;
}

function nodeText({ id, title, classType }: GraphNode): string {
	return `#${truncate(id, MAX_NAME)} (${truncate(folded(title ?? classType), MAX_NAME)})`;
}

/**
 * RunComfy wants names that the saved node has (documented). An optional input of its class may still be one that
 * nobody set; a field of the form was there once, so that it is gone.
 */
function noInput(
	{ classes }: Workflow,
	node: GraphNode,
	{ inputName, source, isExplained }: { inputName: string; source: GivenInput['source']; isExplained: boolean },
): TargetCheck {
	const place = nodeText(node);
	if (source === 'json' && inputSpec(classes.get(node.classType), inputName) !== undefined)
		return {
			warning: `Node ${place} has no saved value for "${truncate(inputName, MAX_NAME)}". The node submits it anyway; RunComfy may reject it.`,
		};
	if (!isExplained) return { problem: `isn't an input of node ${place}` };
	const names = [...node.inputs.keys()];
	const meant = meantName(inputName, names);
	const advice =
		meant === undefined
			? `Its inputs are ${
					names
						.slice(0, MAX_NAMED)
						.map((name) => `"${truncate(name, MAX_NAME)}"`)
						.join(', ') || 'none'
				}`
			: `Did you mean "${truncate(meant, MAX_NAME)}"?`;
	return { problem: `isn't an input of node ${place}. ${advice}` };
}
