import { isJsonObject } from '../shared/json';
import { linkOf, type GraphNode, type WorkflowGraph } from './graph';
import { inputSpec, isHiddenInput, type InputSpec } from './inputSpec';
import type { NodeClass } from './objectInfo';

/*
 * Which inputs of a workflow a person can set in a form: `candidatesOf(graph, classes)`.
 */

/** An input that may become a field. */
export interface Candidate {
	/** `<nodeId>.<inputName>` */
	id: string;
	node: GraphNode;
	inputName: string;
	/** The saved value: text, number, boolean, or null where the class names a widget. */
	saved: unknown;
	/** Undefined where nothing is known of the class or of the input. */
	spec: InputSpec | undefined;
	/** The place in the class, else in the file. */
	order: number;
	/** What the node does with it, where it does nothing but hand the value on: the inputs that it feeds. */
	feeds?: FedInput[];
}

/** An input that a link leads to. */
export interface FedInput {
	classType: string;
	inputName: string;
}

/** Buttons and previews of the editor that are saved as values (seen on every upload node). */
const NOISE = new Set([
	...['upload', 'choose file to upload', 'update inputs', 'audioui', 'video-preview', 'videopreview'],
	...['control_after_generate', 'control after generate'],
]);

/** The button of an upload node, such as `choose video to upload`. */
const UPLOAD_BUTTON = /^choose .{1,40} to upload$/i;

/** Nodes that show something or explain the workflow. */
const SHOWS_ONLY = /^(PreviewImage|PreviewAudio|PreviewAny|Note|MarkdownNote|Reroute)$/;
/** Results that an earlier run left in the node: `text_0`, `text_1` (seen). */
const SHOWN_RESULT = /^text_\d+$/;

/** Nodes between two steps. */
const NODES_A_STEP = 200;

/** All inputs that can be set, in the order of the file, in steps between which other work may come. */
export function* candidatesOf(
	graph: WorkflowGraph,
	classes: ReadonlyMap<string, NodeClass>,
): Generator<void, Candidate[]> {
	const found: Candidate[] = [];
	const fed = fedInputs(graph);
	let count = 0;
	for (const node of graph.nodes.values()) {
		count += 1;
		if (count % NODES_A_STEP === 0) yield;
		if (SHOWS_ONLY.test(node.classType)) continue;
		const own: Candidate[] = [];
		for (const inputName of node.inputs.keys()) {
			const candidate = candidateOf(node, inputName, own.length, classes.get(node.classType));
			if (candidate !== undefined) own.push(candidate);
		}
		const [only] = own;
		if (only !== undefined && isPrimitive(node, own)) found.push({ ...only, feeds: fed.get(node.id) });
		else for (const candidate of own) found.push(candidate);
	}
	return found;
}

/** One value that nothing flows into, as in `PrimitiveInt`, `easy int` and `INTConstant`. */
function isPrimitive({ links }: GraphNode, own: Candidate[]): boolean {
	return own.length === 1 && links.length === 0;
}

function fedInputs(graph: WorkflowGraph): Map<string, FedInput[]> {
	const fed = new Map<string, FedInput[]>();
	for (const { classType, links } of graph.nodes.values()) {
		for (const { inputName, nodeId } of links) {
			const known = fed.get(nodeId);
			if (known === undefined) fed.set(nodeId, [{ classType, inputName }]);
			else known.push({ classType, inputName });
		}
	}
	return fed;
}

/** One input as a candidate. @returns undefined where only JSON can set it */
export function candidateOf(
	node: GraphNode,
	inputName: string,
	index: number,
	nodeClass: NodeClass | undefined,
): Candidate | undefined {
	const saved = node.inputs.get(inputName);
	if (isNoise(node, inputName) || isHiddenInput(nodeClass, inputName)) return undefined;
	const spec = inputSpec(nodeClass, inputName);
	if (!isSettable(saved, spec)) return undefined;
	// Inputs that the class does not describe stand behind those that it does.
	const order = spec === undefined || spec.order === Number.MAX_SAFE_INTEGER ? UNKNOWN_ORDER + index : spec.order;
	return { id: fieldId(node.id, inputName), node, inputName, saved, spec, order };
}

const UNKNOWN_ORDER = 100_000;

/** The id of a field. */
export function fieldId(nodeId: string, inputName: string): string {
	return `${nodeId}.${inputName}`;
}

function isNoise({ classType }: GraphNode, inputName: string): boolean {
	return (
		NOISE.has(inputName.toLowerCase()) ||
		UPLOAD_BUTTON.test(inputName) ||
		(classType.startsWith('ShowText') && SHOWN_RESULT.test(inputName))
	);
}

function isSettable(saved: unknown, spec: InputSpec | undefined): boolean {
	if (linkOf(saved) !== undefined || Array.isArray(saved) || isJsonObject(saved)) return false;
	if (saved === null) return spec !== undefined && spec.type !== 'socket' && spec.type !== 'open';
	if (typeof saved === 'string') return spec?.type !== 'socket';
	return ['number', 'boolean', 'bigint'].includes(typeof saved);
}
