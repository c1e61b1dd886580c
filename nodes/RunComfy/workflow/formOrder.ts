import type { Candidate } from './candidates';
import type { WorkflowGraph } from './graph';
import { GROUPS, type InputGroup } from './groups';
import { compareNodeIds, type NodeName } from './names';
import type { NodeClass } from './objectInfo';
import { endNodes, usedNodes, type PromptRole } from './roles';

/*
 * In which order the fields of a form come, `inFormOrder(grouped, …)`, and which of them it shows, `shownIds(fields, …)`.
 */

/** An input with what it is for. */
export interface Grouped {
	candidate: Candidate;
	group: InputGroup;
}

/** An input with its place in the form. */
export interface Ranked extends Grouped {
	/** Whether its author marked it to be shown. */
	isChosen: boolean;
	isUsed: boolean;
	/** Compared one after the other. */
	ranks: number[];
}

/** What the order depends on. */
export interface Ranking {
	/** Nodes that a result depends on. */
	used: ReadonlySet<string>;
	roles: ReadonlyMap<string, PromptRole>;
	names: ReadonlyMap<string, NodeName>;
	overrides: ReadonlyMap<string, unknown>;
}

/** What the author chose first; then by group, role, node and input. Nodes that ComfyUI would skip come last. */
export function inFormOrder(grouped: Grouped[], { used, roles, names, overrides }: Ranking): Ranked[] {
	const ids = [...names.keys()].sort(compareNodeIds);
	const places = new Map(ids.map((id, index) => [id, index]));
	const ranked = grouped.map(({ candidate, group }): Ranked => {
		const { id } = candidate.node;
		const isMarked = names.get(id)?.isMarked === true;
		const isOverridden = overrides.has(candidate.id);
		const role = group === 'prompt' ? ROLE_ORDER[roles.get(id) ?? 'none'] : 0;
		const author = isOverridden ? 0 : isMarked ? 1 : 2;
		const isUsed = used.has(id);
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

/** The nodes that some result depends on; all of them where nothing says what a result is. */
export function usedByResults(graph: WorkflowGraph, classes: ReadonlyMap<string, NodeClass>): Set<string> {
	const used = usedNodes(graph, outputTest(graph, classes));
	return used.size > 0 ? used : new Set(graph.nodes.keys());
}

/** Which nodes are results: by their class, and where that is not known, those whose output nothing takes. */
function outputTest(graph: WorkflowGraph, classes: ReadonlyMap<string, NodeClass>): (nodeId: string) => boolean {
	const ends = endNodes(graph);
	return (nodeId) => {
		const known = classes.get(graph.nodes.get(nodeId)?.classType ?? '');
		return known === undefined ? ends.has(nodeId) : known.output_node === true;
	};
}

/** More fields at once are no form. */
const MAX_SHOWN = 20;

/** The fields that the form shows at once: what the author chose and media, else the groups that people change. */
export function shownIds(fields: Ranked[], hasOverrides: boolean): Set<string> {
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
