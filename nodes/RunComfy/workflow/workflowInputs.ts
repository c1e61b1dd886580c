import { withDifferentTitles, type ModelInputs } from '../schema/modelInputs';
import { candidateOf, candidatesOf, fieldId, type Candidate } from './candidates';
import type { WorkflowGraph } from './graph';
import { groupOf } from './groups';
import { inFormOrder, shownIds, usedByResults, type Grouped } from './formOrder';
import { missingInputsHint } from './missingInputs';
import { fieldTitle, nodeNames, placeName, type NodeName } from './names';
import type { NodeClass } from './objectInfo';
import { savedOverrides } from './savedOverrides';
import { promptRoles, type PromptRole } from './roles';
import { describeWorkflowInput, type WorkflowInput } from './workflowInput';

/*
 * The form of a deployed workflow: `describeWorkflow(graph, { classes, overrides })`.
 */

/** A workflow with all that can be set in it. It is a `ModelInputs`: the checks of media take it as it is. */
export interface Workflow extends ModelInputs {
	graph: WorkflowGraph;
	classes: ReadonlyMap<string, NodeClass>;
	/** The fields of the form in their order. */
	inputs: WorkflowInput[];
	/** How many more inputs could be set, by JSON. */
	omitted: number;
	/** Whether any class of the workflow is described. */
	isDescribed: boolean;
	/** About the workflow itself, nothing that was entered. */
	hints: string[];
	/** The input of an id, also one that has no field in the form; undefined where only JSON can set it, or it is not there. */
	find(nodeId: string, inputName: string): WorkflowInput | undefined;
	/** How messages name an input, whether it is a field or not. */
	placeOf(nodeId: string, inputName: string): string;
	/** What a node of this class is called; undefined where the workflow has no such node. */
	titleOf(nodeId: string, className: string | undefined): string | undefined;
}

/** What is known of a workflow beside its graph. */
export interface WorkflowKnowledge {
	/** From `object_info`, as far as it could be read. */
	classes?: ReadonlyMap<string, NodeClass>;
	/** `payload.overrides` of the deployment, as it came. */
	overrides?: unknown;
}

/** More fields, even hidden ones, make the editor slow. */
const MAX_FIELDS = 300;

/** Describes the inputs of a workflow at once. It never throws. */
export function describeWorkflow(graph: WorkflowGraph, knowledge: WorkflowKnowledge = {}): Workflow {
	const steps = describeWorkflowInSteps(graph, knowledge);
	for (;;) {
		const { value, done } = steps.next();
		if (done === true) return value;
	}
}

/**
 * The same in steps between which other work may come, for workflows of thousands of nodes. The work grows with the number
 * of inputs and links.
 */
export function* describeWorkflowInSteps(
	graph: WorkflowGraph,
	knowledge: WorkflowKnowledge = {},
): Generator<void, Workflow> {
	const classes = knowledge.classes ?? new Map<string, NodeClass>();
	const overrides = savedOverrides(graph, knowledge.overrides);
	const candidates = yield* candidatesOf(graph, classes);
	yield;
	const grouped = candidates.map((candidate) => ({ candidate, group: groupOf(candidate) }));
	yield;
	const roles = rolesOfPrompts(graph, grouped);
	const names = nodeNames(graph, new Set(candidates.map(({ node }) => node.id)), classes, roles);
	yield;
	const used = usedByResults(graph, classes);
	const ranked = inFormOrder(grouped, { used, roles, names, overrides });
	yield;
	const missing = missingInputsHint(graph, classes, (id) => used.has(id));
	yield;
	const fields = ranked.filter(({ candidate }) => !breaksEditor(candidate.id)).slice(0, MAX_FIELDS);
	const shown = shownIds(fields, overrides.size > 0);
	const describe = (candidate: Candidate, isAddable: boolean) => {
		const name = nameOf(candidate.node.id);
		const { node, inputName, id } = candidate;
		return describeWorkflowInput(candidate, {
			title: fieldTitle(name, inputName),
			place: placeName(name, node.id, inputName),
			isAddable,
			override: overrides.get(id),
		});
	};
	const nameOf = (nodeId: string): NodeName =>
		names.get(nodeId) ?? nodeNames(graph, [nodeId], classes, roles).get(nodeId) ?? UNNAMED;

	const inputs = withDifferentTitles(fields.map(({ candidate }) => describe(candidate, !shown.has(candidate.id))));
	const byId = new Map(inputs.map((input) => [input.name, input]));
	return {
		graph,
		classes,
		inputs,
		omitted: candidates.length - inputs.length,
		isDescribed: classes.size > 0,
		hints: missing === undefined ? [] : [missing],
		undeclaredRequired: [],
		schema: { type: 'object', properties: Object.fromEntries(inputs.map(({ name, schema }) => [name, schema])) },
		find: (nodeId, inputName) => {
			const known = byId.get(fieldId(nodeId, inputName));
			const node = graph.nodes.get(nodeId);
			if (known !== undefined || node === undefined || !node.inputs.has(inputName)) return known;
			const candidate = candidateOf(node, inputName, 0, classes.get(node.classType));
			return candidate && describe(candidate, true);
		},
		placeOf: (nodeId, inputName) => placeName(nameOf(nodeId), nodeId, inputName),
		titleOf: (nodeId, className) => {
			const node = graph.nodes.get(nodeId);
			const isThatNode = node !== undefined && (className === undefined || node.classType === className);
			return isThatNode ? nameOf(nodeId).title : undefined;
		},
	};
}

const UNNAMED: NodeName = { title: 'Node', suffix: '', isMarked: false, hasId: false };

/** A mask or a loader may lead to a positive input too, and would only be named in a strange way by that. */
function rolesOfPrompts(graph: WorkflowGraph, grouped: Grouped[]): Map<string, PromptRole> {
	const prompts = new Set(
		grouped.filter(({ group }) => group === 'prompt').map(({ candidate }) => candidate.node.id),
	);
	return new Map([...promptRoles(graph)].filter(([id]) => prompts.has(id)));
}

/** The editor finds a field by `value["<id>"]`. */
function breaksEditor(id: string): boolean {
	return id.includes('"]');
}
