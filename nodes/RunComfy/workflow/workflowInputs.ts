import { withDifferentTitles, type ModelInputs } from '../schema/modelInputs';
import { candidateOf, candidatesOf, fieldId, type Candidate } from './candidates';
import type { WorkflowGraph } from './graph';
import { GROUPS, groupOf, type InputGroup } from './groups';
import { compareNodeIds, fieldTitle, nodeNames, placeName, type NodeName } from './names';
import type { NodeClass } from './objectInfo';
import { savedOverrides } from './savedOverrides';
import { endNodes, promptRoles, usedNodes, type PromptRole } from './roles';
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
	/** The input of an id, also one that has no field in the form; undefined where only JSON can set it, or it is not there. */
	find(nodeId: string, inputName: string): WorkflowInput | undefined;
	/** How messages name an input, whether it is a field or not. */
	placeOf(nodeId: string, inputName: string): string;
}

/** What is known of a workflow beside its graph. */
export interface WorkflowKnowledge {
	/** From `object_info`, as far as it could be read. */
	classes?: ReadonlyMap<string, NodeClass>;
	/** `payload.overrides` of the deployment, as it came. */
	overrides?: unknown;
}

/** A form with more fields is none. */
const MAX_SHOWN = 20;
const MAX_FIELDS = 300;

/** Describes the inputs of a workflow. Its work grows with the number of inputs and links; it never throws. */
export function describeWorkflow(graph: WorkflowGraph, knowledge: WorkflowKnowledge = {}): Workflow {
	const classes = knowledge.classes ?? new Map<string, NodeClass>();
	const overrides = savedOverrides(graph, knowledge.overrides);
	const candidates = candidatesOf(graph, classes);
	const roles = rolesOfPrompts(graph, candidates);
	const names = nodeNames(graph, new Set(candidates.map(({ node }) => node.id)), classes, roles);
	const ranked = inFormOrder(candidates, { graph, classes, roles, names, overrides });
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
		names.get(nodeId) ??
		nodeNames(graph, [nodeId], classes, roles).get(nodeId) ?? {
			title: 'Node',
			suffix: '',
			isMarked: false,
			hasId: false,
		};

	const inputs = withDifferentTitles(fields.map(({ candidate }) => describe(candidate, !shown.has(candidate.id))));
	const byId = new Map(inputs.map((input) => [input.name, input]));
	return {
		graph,
		classes,
		inputs,
		omitted: candidates.length - inputs.length,
		isDescribed: classes.size > 0,
		undeclaredRequired: [],
		schema: { type: 'object', properties: Object.fromEntries(inputs.map(({ name, schema }) => [name, schema])) },
		find: (nodeId, inputName) => {
			const known = byId.get(fieldId(nodeId, inputName));
			const node = graph.nodes.get(nodeId);
			if (known !== undefined || node === undefined || !(inputName in node.inputs)) return known;
			const candidate = candidateOf(node, inputName, 0, classes.get(node.classType));
			return candidate && describe(candidate, true);
		},
		placeOf: (nodeId, inputName) => placeName(nameOf(nodeId), nodeId, inputName),
	};
}

/** A mask or a loader may lead to a positive input too, and would only be named in a strange way by that. */
function rolesOfPrompts(graph: WorkflowGraph, candidates: Candidate[]): Map<string, PromptRole> {
	const prompts = new Set(candidates.filter((entry) => groupOf(entry) === 'prompt').map(({ node }) => node.id));
	return new Map([...promptRoles(graph)].filter(([id]) => prompts.has(id)));
}

interface Ranked {
	candidate: Candidate;
	group: InputGroup;
	/** Whether its author marked it to be shown. */
	isChosen: boolean;
	isUsed: boolean;
	/** Compared one after the other. */
	ranks: number[];
}

interface Ranking {
	graph: WorkflowGraph;
	classes: ReadonlyMap<string, NodeClass>;
	roles: ReadonlyMap<string, PromptRole>;
	names: ReadonlyMap<string, NodeName>;
	overrides: ReadonlyMap<string, unknown>;
}

/** What the author chose first; then by group, role, node and input. Nodes that ComfyUI would skip come last. */
function inFormOrder(candidates: Candidate[], { graph, classes, roles, names, overrides }: Ranking): Ranked[] {
	const used = usedNodes(graph, outputTest(graph, classes));
	const ids = [...new Set(candidates.map(({ node }) => node.id))].sort(compareNodeIds);
	const places = new Map(ids.map((id, index) => [id, index]));
	const ranked = candidates.map((candidate): Ranked => {
		const { id } = candidate.node;
		const group = groupOf(candidate);
		const isMarked = names.get(id)?.isMarked === true;
		const isOverridden = overrides.has(candidate.id);
		const role = group === 'prompt' ? ROLE_ORDER[roles.get(id) ?? 'none'] : 0;
		const author = isOverridden ? 0 : isMarked ? 1 : 2;
		const isUsed = used.size === 0 || used.has(id);
		const ranks = [author, isUsed ? 0 : 1, GROUPS.indexOf(group), role, places.get(id) ?? 0, candidate.order];
		return { candidate, group, isChosen: isOverridden || isMarked, isUsed, ranks };
	});
	return ranked.sort((a, b) => compareRanks(a.ranks, b.ranks));
}

const ROLE_ORDER = { positive: 0, none: 1, negative: 2 };

function compareRanks(one: number[], other: number[]): number {
	for (const [index, rank] of one.entries()) {
		const difference = rank - (other[index] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}

/** Which nodes are results: by their class, and where that is not known, those whose output nothing takes. */
function outputTest(graph: WorkflowGraph, classes: ReadonlyMap<string, NodeClass>): (nodeId: string) => boolean {
	const ends = endNodes(graph);
	return (nodeId) => {
		const known = classes.get(graph.nodes.get(nodeId)?.classType ?? '');
		return known === undefined ? ends.has(nodeId) : known.output_node === true;
	};
}

/** The fields that the form shows at once: what the author chose and media, else the groups that people change. */
function shownIds(fields: Ranked[], hasOverrides: boolean): Set<string> {
	const wanted = fields.filter((field) => {
		if (field.isChosen) return true;
		if (!field.isUsed || isBoolean(field.candidate)) return false;
		return field.group === 'media' || (!hasOverrides && field.group !== 'other' && field.group !== 'technical');
	});
	// An empty form would look as if nothing could be set.
	const others = fields.filter(({ candidate, group }) => group === 'other' && !isBoolean(candidate));
	const shown = wanted.length > 0 ? wanted : others;
	return new Set(shown.slice(0, MAX_SHOWN).map(({ candidate }) => candidate.id));
}

/** The editor cannot leave a boolean empty, so that one which is shown is always sent. */
function isBoolean({ saved, spec }: Candidate): boolean {
	return typeof saved === 'boolean' || spec?.type === 'boolean';
}

/** The editor finds a field by `value["<id>"]`. */
function breaksEditor(id: string): boolean {
	return id.includes('"]');
}

/** Says in one sentence why the fields are fewer, or less checked, than a person would expect. */
export function formNotices(workflow: Workflow): string[] {
	return [
		...(workflow.inputs.length === 0 ? ['This workflow has no inputs that can be set in a form. Use JSON.'] : []),
		...(workflow.omitted > 0
			? [`The form has ${workflow.inputs.length} fields; set the other ${workflow.omitted} inputs with JSON.`]
			: []),
	];
}
