import type { WorkflowGraph } from './graph';

/*
 * What the links that lead away from a node say about it.
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

/**
 * The role of each node whose output reaches an input named `positive` or `negative` by links, and only one of the two. Each
 * link is followed once for each role, so that cycles end.
 */
export function promptRoles(graph: WorkflowGraph): Map<string, PromptRole> {
	const positive = nodesBefore(graph, 'positive');
	const negative = nodesBefore(graph, 'negative');
	const roles = new Map<string, PromptRole>();
	for (const id of positive) if (!negative.has(id)) roles.set(id, 'positive');
	for (const id of negative) if (!positive.has(id)) roles.set(id, 'negative');
	return roles;
}

/** The nodes whose outputs some result depends on; ComfyUI skips the others. */
export function usedNodes(graph: WorkflowGraph, isOutput: (nodeId: string) => boolean): Set<string> {
	return closure(graph, [...graph.nodes.keys()].filter(isOutput), () => true);
}

/** Nodes whose output no other node takes. */
export function endNodes(graph: WorkflowGraph): Set<string> {
	const ends = new Set(graph.nodes.keys());
	for (const { links } of graph.nodes.values()) for (const { nodeId } of links) ends.delete(nodeId);
	return ends;
}

/** Goes back from the inputs of a role; other inputs named by a role are where another way begins. */
function nodesBefore(graph: WorkflowGraph, role: PromptRole): Set<string> {
	const starts: string[] = [];
	for (const { links } of graph.nodes.values())
		for (const { inputName, nodeId } of links) if (roleOf(inputName) === role) starts.push(nodeId);
	return closure(graph, starts, (inputName) => roleOf(inputName) === undefined);
}

function roleOf(inputName: string): PromptRole | undefined {
	return ROLE_OF_INPUT.find(([, pattern]) => pattern.test(inputName))?.[0];
}

/** All nodes that lead to the given ones by inputs of the given names. */
function closure(graph: WorkflowGraph, starts: string[], isFollowed: (inputName: string) => boolean): Set<string> {
	const reached = new Set(starts);
	// A set that grows while it is gone through hands out what was added.
	for (const id of reached)
		for (const { inputName, nodeId } of graph.nodes.get(id)?.links ?? [])
			if (isFollowed(inputName)) reached.add(nodeId);
	return reached;
}
