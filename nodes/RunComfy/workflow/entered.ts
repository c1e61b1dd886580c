import type { GivenInput } from '../schema/requestBody';
import { invalidInput } from '../shared/failure';
import { isJsonObject } from '../shared/json';
import type { WorkflowGraph } from './graph';
import { fieldId } from './candidates';

/*
 * What was entered for a deployment: `enteredFields` from the form, `readWorkflowJson` (workflowJson.ts) from JSON; then
 * `mergeEntered` for additional inputs and `setEntered` for files.
 */

/** A value for one input of a node. Null means "not set". */
export interface WorkflowValue {
	nodeId: string;
	inputName: string;
	value: unknown;
	/** Where it was entered: a form has no fields for links, and an empty text there means "not set". */
	source: GivenInput['source'];
}

/** The input of one request. */
export interface EnteredWorkflow {
	/** By field id, in the order in which they were entered. */
	values: Map<string, WorkflowValue>;
	/** Nodes whose values are removed where this is merged over other input. */
	removedNodes: string[];
	/** What stands in the body beside the values, such as `extra_data` (documented). */
	rest: Record<string, unknown>;
	/** A whole workflow in the place of the deployment's. */
	graph?: WorkflowGraph;
	/** A body in no form that has nodes, as LoRA deployments take it. */
	body?: Record<string, unknown>;
	hints: string[];
}

/** Nothing entered yet. */
export function nothingEntered(): EnteredWorkflow {
	return { values: new Map(), removedNodes: [], rest: {}, hints: [] };
}

/** The values of the form, by field id. @param graph undefined where the workflow is not known */
export function enteredFields(graph: WorkflowGraph | undefined, values: Record<string, unknown>): EnteredWorkflow {
	const entered = nothingEntered();
	for (const [id, value] of Object.entries(values)) setEntered(entered, graph, id, value);
	return entered;
}

/**
 * Sets one input by its field id, as a field does, or a long text or a file of the item. Where no workflow is known, an id
 * without a node is a name in the body, as a LoRA deployment takes it (inferred).
 */
export function setEntered(
	entered: EnteredWorkflow,
	graph: WorkflowGraph | undefined,
	id: string,
	value: unknown,
): void {
	const isName = graph === undefined && entered.graph === undefined && entered.values.size === 0 && !id.includes('.');
	if (entered.body !== undefined || isName) entered.body = { ...entered.body, [id]: value };
	else addValue(entered, { ...splitFieldId(graph, id), value, source: 'fields' });
}

/** Puts a value to the others; a later one counts. */
export function addValue(entered: EnteredWorkflow, value: WorkflowValue): void {
	entered.values.set(fieldId(value.nodeId, value.inputName), value);
}

/** No id of a node has more dots. */
const MAX_DOTS = 50;

/**
 * The node and the input of a field id. It is split at the first dot, because names of inputs have dots and ids of nodes
 * have none wherever they were seen; at a later one where only that gives a node of the graph.
 */
export function splitFieldId(graph: WorkflowGraph | undefined, id: string): { nodeId: string; inputName: string } {
	const first = id.indexOf('.');
	for (let dot = first, count = 0; dot !== -1 && count < MAX_DOTS; dot = id.indexOf('.', dot + 1), count += 1) {
		if (graph?.nodes.has(id.slice(0, dot)) === true)
			return { nodeId: id.slice(0, dot), inputName: id.slice(dot + 1) };
	}
	return first === -1
		? { nodeId: id, inputName: '' }
		: { nodeId: id.slice(0, first), inputName: id.slice(first + 1) };
}

/**
 * Input with more merged over it; null removes a value, and a node that is null all of its values.
 *
 * @throws RunComfyFailure `invalid_input` when the additional input is a whole workflow
 */
export function mergeEntered(entered: EnteredWorkflow, additional: EnteredWorkflow): EnteredWorkflow {
	if (additional.graph !== undefined)
		throw invalidInput("Additional Inputs can't contain a whole workflow", 'Enter it as Input (JSON) instead.');
	const hints = [...entered.hints, ...additional.hints];
	const body = mergedBody(entered, additional);
	if (body !== undefined) return { ...entered, values: new Map(), rest: {}, body, hints };
	const values = new Map(entered.values);
	const removed = new Set(additional.removedNodes);
	for (const [id, { nodeId }] of values) if (removed.has(nodeId)) values.delete(id);
	for (const [id, value] of additional.values) {
		if (value.value === null) values.delete(id);
		else values.set(id, value);
	}
	const rest = withoutNulls({ ...entered.rest, ...additional.rest, ...additional.body });
	return { ...entered, body: values.size > 0 ? undefined : entered.body, values, rest, hints };
}

/** The flat body of a LoRA deployment; undefined where nodes are meant. */
function mergedBody(entered: EnteredWorkflow, additional: EnteredWorkflow): Record<string, unknown> | undefined {
	if (entered.graph !== undefined || entered.values.size > 0) return undefined;
	if (isEmpty(entered.body) && additional.values.size > 0) return undefined;
	if (entered.body === undefined && isEmpty(additional.body)) return undefined;
	const flat = Object.fromEntries([...additional.values].map(([id, { value }]) => [id, value]));
	return withoutNulls({ ...entered.rest, ...entered.body, ...flat, ...additional.rest, ...additional.body });
}

function isEmpty(object: Record<string, unknown> = {}): boolean {
	return Object.keys(object).length === 0;
}

function withoutNulls(object: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}

/** Whether an entry has the form of a node in `overrides`. */
export function hasInputs(value: unknown): value is { inputs: Record<string, unknown> } {
	return isJsonObject(value) && isJsonObject(value.inputs);
}
