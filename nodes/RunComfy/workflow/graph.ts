import { parseExactJson } from '../shared/exactJson';
import { isJsonObject } from '../shared/json';

/*
 * A ComfyUI workflow in API format, as `workflow_api.json` holds it (documented):
 * `{ "<nodeId>": { "class_type", "inputs": { name: value | ["<nodeId>", outputIndex] }, "_meta": { "title" } } }`.
 *
 * - `readDeploymentGraph(payload)`: the graph of a deployment's payload
 * - `readGraph(value)`: the graph that a value is, or holds in one of the usual wrappers
 * - `linkOf(value)`: the node that a value is a link to
 */

/** One node of a workflow. */
export interface GraphNode {
	id: string;
	classType: string;
	/** As its author named it; undefined where nothing says. */
	title: string | undefined;
	/** In the order of the file; links are values too. */
	inputs: ReadonlyMap<string, unknown>;
	/** The inputs that take the output of another node, which broken exports may lack. */
	links: InputLink[];
	/** The node as it came. */
	source: Record<string, unknown>;
}

/** An input that is fed by another node. */
export interface InputLink {
	inputName: string;
	nodeId: string;
}

/** The nodes of a workflow by their ids, in the order of the file. */
export interface WorkflowGraph {
	nodes: ReadonlyMap<string, GraphNode>;
}

/**
 * What was found. `none`: there is nothing, as in LoRA deployments. `uiFormat`: the workflow was saved for the editor of
 * ComfyUI and not for the API. `unreadable`: something that is no workflow.
 */
export type GraphReading = { kind: 'graph'; graph: WorkflowGraph } | { kind: 'none' | 'uiFormat' | 'unreadable' };

/** Where people and tools put a graph when they wrap it (seen in public files). */
const WRAPPERS = ['prompt', 'workflow', 'workflow_api_json', 'workflow_json', 'input'];
const MAX_WRAPPERS = 4;

/** Reads the graph of a deployment's `payload` (documented: `workflow_api_json`; absent or empty for LoRA). It never throws. */
export function readDeploymentGraph(payload: unknown): GraphReading {
	const inner = parsed(payload);
	if (!isJsonObject(inner)) return { kind: isAbsent(payload) ? 'none' : 'unreadable' };
	return Object.hasOwn(inner, 'workflow_api_json') ? readGraph(inner.workflow_api_json) : readGraph(inner);
}

/**
 * Reads a graph: an object or the JSON text of one, also in a wrapper such as `{prompt}`, `{workflow}` or
 * `{input: {workflow}}`. Entries at the top that are no nodes are skipped. It never throws.
 */
export function readGraph(value: unknown): GraphReading {
	return readWrapped(value, 0);
}

function readWrapped(value: unknown, depth: number): GraphReading {
	const inner = parsed(value);
	if (isAbsent(value) || (inner !== undefined && isAbsent(inner))) return { kind: 'none' };
	if (!isJsonObject(inner)) return { kind: 'unreadable' };
	if (isUiFormat(inner)) return { kind: 'uiFormat' };
	const nodes = nodesOf(inner);
	if (nodes.size > 0) return { kind: 'graph', graph: { nodes } };
	if (depth >= MAX_WRAPPERS) return { kind: 'unreadable' };
	const readings = WRAPPERS.filter((name) => Object.hasOwn(inner, name)).map((name) =>
		readWrapped(inner[name], depth + 1),
	);
	return (
		readings.find(({ kind }) => kind === 'graph') ??
		readings.find(({ kind }) => kind === 'uiFormat') ?? { kind: 'unreadable' }
	);
}

function isAbsent(value: unknown): boolean {
	if (value === undefined || value === null) return true;
	return typeof value === 'string' ? value.trim() === '' : isJsonObject(value) && Object.keys(value).length === 0;
}

/** Seeds in a text keep all their digits. */
function parsed(value: unknown): unknown {
	return typeof value === 'string' && value.trim() !== '' ? parseExactJson(withoutMark(value)) : value;
}

function withoutMark(text: string): string {
	return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The editor of ComfyUI saves lists of nodes and links. */
export function isUiFormat(value: Record<string, unknown>): boolean {
	return Array.isArray(value.nodes) && (Array.isArray(value.links) || Object.hasOwn(value, 'last_node_id'));
}

/** Whether a value looks like a node of a graph. */
export function isGraphNode(value: unknown): value is Record<string, unknown> & { class_type: string } {
	return isJsonObject(value) && typeof value.class_type === 'string';
}

function nodesOf(value: Record<string, unknown>): Map<string, GraphNode> {
	const nodes = new Map<string, GraphNode>();
	for (const [id, source] of Object.entries(value)) {
		if (!isGraphNode(source)) continue;
		const inputs = new Map(Object.entries(isJsonObject(source.inputs) ? source.inputs : {}));
		nodes.set(id, {
			id,
			classType: source.class_type,
			title: titleOf(source),
			inputs,
			links: linksOf(inputs),
			source,
		});
	}
	return nodes;
}

function linksOf(inputs: ReadonlyMap<string, unknown>): InputLink[] {
	const links: InputLink[] = [];
	for (const [inputName, value] of inputs) {
		const link = linkOf(value);
		if (link !== undefined) links.push({ inputName, nodeId: link.nodeId });
	}
	return links;
}

/** `_meta` is ComfyUI's (documented); other tools write `meta` (seen in public files). */
function titleOf(node: Record<string, unknown>): string | undefined {
	const titles = [node._meta, node.meta].filter(isJsonObject).map(({ title }) => title);
	return titles.find((title): title is string => typeof title === 'string' && title.trim() !== '');
}

/** A value that is the output of another node. */
export interface Link {
	nodeId: string;
	output: number;
}

/** The link that a value is; `["a", "b"]` and `[1, 2]` are values. */
export function linkOf(value: unknown): Link | undefined {
	if (!Array.isArray(value) || value.length !== 2) return undefined;
	const [nodeId, output] = value as unknown[];
	return typeof nodeId === 'string' && typeof output === 'number' && Number.isInteger(output) && output >= 0
		? { nodeId, output }
		: undefined;
}
