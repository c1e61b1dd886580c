import { linkOf, type WorkflowGraph } from './graph';

/*
 * What can be told of a node by the links that lead away from it.
 *
 * - `promptRoles(graph)`: which prompts are positive and which negative
 * - `usedNodes(graph, isOutput)`: which nodes a result depends on
 */

/** What a prompt is for. */
export type PromptRole = 'positive' | 'negative';

const ROLE_OF_INPUT: Array<[PromptRole, RegExp]> = [
	['positive', /(^|_)positive(_|$)/i],
	['negative', /(^|_)negative(_|$)/i],
];

/** The nodes that feed one node, with the input that each feeds. */
interface Source {
	from: string;
	inputName: string;
}

/**
 * The role of each node whose output reaches an input named `positive` or `negative` by links, and only one of the two. Each
 * link is followed once for each role, so that cycles end.
 */
export function promptRoles(graph: WorkflowGraph): Map<string, PromptRole> {
	const sources = sourcesOf(graph);
	const positive = nodesBefore(sources, 'positive');
	const negative = nodesBefore(sources, 'negative');
	const roles = new Map<string, PromptRole>();
	for (const id of positive) if (!negative.has(id)) roles.set(id, 'positive');
	for (const id of negative) if (!positive.has(id)) roles.set(id, 'negative');
	return roles;
}

/** The nodes whose outputs some result depends on; ComfyUI skips the others. */
export function usedNodes(graph: WorkflowGraph, isOutput: (nodeId: string) => boolean): Set<string> {
	const sources = sourcesOf(graph);
	const ends = [...graph.nodes.keys()].filter(isOutput);
	return closure(ends, (id) => (sources.get(id) ?? []).map(({ from }) => from));
}

/** Nodes whose output no other node takes. */
export function endNodes(graph: WorkflowGraph): Set<string> {
	const ends = new Set(graph.nodes.keys());
	for (const sources of sourcesOf(graph).values()) for (const { from } of sources) ends.delete(from);
	return ends;
}

/** Goes back from the inputs of a role; other inputs named by a role are where another way begins. */
function nodesBefore(sources: Map<string, Source[]>, role: PromptRole): Set<string> {
	const starts = [...sources.values()].flat().filter(({ inputName }) => roleOf(inputName) === role);
	return closure(
		starts.map(({ from }) => from),
		(id) =>
			(sources.get(id) ?? []).filter(({ inputName }) => roleOf(inputName) === undefined).map(({ from }) => from),
	);
}

function roleOf(inputName: string): PromptRole | undefined {
	return ROLE_OF_INPUT.find(([, pattern]) => pattern.test(inputName))?.[0];
}

function sourcesOf(graph: WorkflowGraph): Map<string, Source[]> {
	const sources = new Map<string, Source[]>();
	for (const { id, inputs } of graph.nodes.values()) {
		const own: Source[] = [];
		for (const [inputName, value] of Object.entries(inputs)) {
			const link = linkOf(value);
			// Broken exports link to nodes that are not there.
			if (link !== undefined && graph.nodes.has(link.nodeId)) own.push({ from: link.nodeId, inputName });
		}
		sources.set(id, own);
	}
	return sources;
}

function closure(starts: string[], next: (id: string) => string[]): Set<string> {
	const reached = new Set(starts);
	// A set that grows while it is gone through hands out what was added.
	for (const id of reached) for (const other of next(id)) reached.add(other);
	return reached;
}
