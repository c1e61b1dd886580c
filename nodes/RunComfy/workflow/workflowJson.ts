import { parseExactJson } from '../shared/exactJson';
import { invalidInput, type RunComfyFailure } from '../shared/failure';
import { isJsonObject } from '../shared/json';
import { truncate } from '../shared/text';
import { addValue, hasInputs, nothingEntered, splitFieldId, type EnteredWorkflow } from './entered';
import { isGraphNode, isUiFormat, readGraph, type WorkflowGraph } from './graph';
import { parsedJsonObject } from './jsonPlace';

/*
 * The forms in which JSON is entered for a deployment, told apart by their shape:
 *
 * 1. `{"overrides": {…}}`, with `extra_data` (documented)
 * 2. `{"workflow_api_json": {…}}` (documented), or a bare graph
 * 3. an overrides object: `{"6": {"inputs": {"text": "a cat"}}}`
 * 4. a flat map of field ids: `{"6.text": "a cat"}`; both forms may be mixed
 * 5. anything else where there is no graph: the whole body, as LoRA deployments take it
 */

/** Keys of a body that are no nodes (documented; the webhook's are the older form of its query). */
const BODY_KEYS = new Set(['extra_data', 'webhook', 'webhook_intermediate_status']);

/** More of what was entered is no help in a message. Characters. */
const MAX_KEY = 60;

/**
 * Reads the JSON that was entered.
 *
 * @param graph the deployed workflow; undefined where it has none or it is not known
 * @param parameterName for messages
 * @throws RunComfyFailure `invalid_input` for a shape that cannot be meant
 */
export function readWorkflowJson(
	graph: WorkflowGraph | undefined,
	json: unknown,
	parameterName = 'Input (JSON)',
): EnteredWorkflow {
	const given = parsedJsonObject(json, parameterName);
	const { overrides, workflow_api_json: whole, ...rest } = given;
	if (isPresent(overrides) && isPresent(whole)) throw bothForms();
	if (isPresent(overrides)) return readOverrides(graph, overrides, rest);
	if (isPresent(whole)) return { ...nothingEntered(), graph: wholeGraph(whole), rest };
	if ('overrides' in given || 'workflow_api_json' in given) return { ...nothingEntered(), rest };
	if (isUiFormat(given)) throw uiFormat();
	if (isWholeWorkflow(graph, given))
		return { ...nothingEntered(), graph: wholeGraph(given), rest: bodyKeysOf(given) };
	if (graph === undefined && !Object.entries(given).some(([key, value]) => isNodeEntry(key, value)))
		return { ...nothingEntered(), body: given };
	return readEntries(graph, given, parameterName);
}

function isPresent(value: unknown): boolean {
	return value !== undefined && value !== null;
}

function readOverrides(
	graph: WorkflowGraph | undefined,
	overrides: unknown,
	rest: Record<string, unknown>,
): EnteredWorkflow {
	const inner = typeof overrides === 'string' ? parseExactJson(overrides) : overrides;
	if (!isJsonObject(inner))
		throw invalidInput(
			'"overrides" must be a JSON object of nodes',
			'It must look like {"overrides": {"6": {"inputs": {"text": "a cat"}}}}.',
		);
	if (isWholeWorkflow(graph, inner) && graph === undefined)
		return { ...nothingEntered(), graph: wholeGraph(inner), rest };
	return { ...readEntries(graph, inner, 'overrides', true), rest };
}

/** A bare graph, or one in a wrapper. */
function isWholeWorkflow(graph: WorkflowGraph | undefined, given: Record<string, unknown>): boolean {
	const entries = Object.entries(given);
	if (entries.some(([, value]) => isGraphNode(value)))
		return (
			entries.every(([key, value]) => isGraphNode(value) || !isNodeEntry(key, value)) &&
			!isCopiedPart(graph, given)
		);
	if (entries.some(([key, value]) => graph?.nodes.has(key) === true || isNodeEntry(key, value))) return false;
	const { kind } = readGraph(given);
	return kind === 'graph' || kind === 'uiFormat';
}

/** ComfyUI's own body, `{prompt, extra_data, client_id}`, has keys of a partner beside the graph too. */
function bodyKeysOf(given: Record<string, unknown>): Record<string, unknown> {
	return Object.fromEntries(
		Object.entries(given).filter(([key, value]) => BODY_KEYS.has(key) && !isGraphNode(value)),
	);
}

/** Nodes that were copied out of the deployed workflow, to change values in them: alone they could not run. */
function isCopiedPart(graph: WorkflowGraph | undefined, given: Record<string, unknown>): boolean {
	const part = readGraph(given);
	if (graph === undefined || part.kind !== 'graph') return false;
	const nodes = [...part.graph.nodes.values()];
	if (!nodes.every(({ id, classType }) => graph.nodes.get(id)?.classType === classType)) return false;
	const links = nodes.flatMap((node) => node.links);
	return nodes.length === 1 || links.some(({ nodeId }) => !part.graph.nodes.has(nodeId) && graph.nodes.has(nodeId));
}

/** Whether an entry can only be meant for a node: `"6": {"inputs": …}` or `"6.text"`, `"57:27.seed"`. */
function isNodeEntry(key: string, value: unknown): boolean {
	return hasInputs(value) || /^\d+(:\d+)*\.\S/.test(key);
}

function wholeGraph(value: unknown): WorkflowGraph {
	const reading = readGraph(value);
	if (reading.kind === 'graph') return reading.graph;
	if (reading.kind === 'uiFormat') throw uiFormat();
	throw invalidInput(
		"The workflow has no nodes with a class_type, so it isn't a ComfyUI workflow in API format",
		'In ComfyUI, save it with Export (API).',
	);
}

function readEntries(
	graph: WorkflowGraph | undefined,
	given: Record<string, unknown>,
	parameterName: string,
	isOverrides = false,
): EnteredWorkflow {
	const entered = nothingEntered();
	const unknown: string[] = [];
	for (const [key, value] of Object.entries(given)) {
		const isNode = graph?.nodes.has(key) === true;
		if (!isNode && !isOverrides && BODY_KEYS.has(key)) entered.rest[key] = value;
		else if (isNode || hasInputs(value)) readNode(entered, graph, key, value);
		else if (key.includes('.')) addValue(entered, { ...splitFieldId(graph, key), value, source: 'json' });
		else if (value === null) entered.removedNodes.push(key);
		else unknown.push(key);
	}
	if (unknown.length > 0) throw noNodes(graph, unknown, parameterName);
	if (graph === undefined && entered.values.size > 0)
		entered.hints.push("The workflow of this deployment isn't known, so the overrides weren't checked.");
	return entered;
}

function readNode(entered: EnteredWorkflow, graph: WorkflowGraph | undefined, nodeId: string, value: unknown): void {
	if (value === null) {
		entered.removedNodes.push(nodeId);
		return;
	}
	const own = graph?.nodes.get(nodeId)?.inputs;
	if (hasInputs(value)) {
		for (const [inputName, entry] of Object.entries(value.inputs))
			addValue(entered, { nodeId, inputName, value: entry, source: 'json' });
	} else if (isJsonObject(value) && own !== undefined && Object.keys(value).every((name) => own.has(name))) {
		for (const [inputName, entry] of Object.entries(value))
			addValue(entered, { nodeId, inputName, value: entry, source: 'json' });
		entered.hints.push(
			`The entry for node #${truncate(nodeId, MAX_KEY)} has no "inputs", so its values were used as inputs of that node.`,
		);
	} else throw noInputs(nodeId, value, own);
}

function noInputs(nodeId: string, value: unknown, own: ReadonlyMap<string, unknown> | undefined): RunComfyFailure {
	const id = truncate(nodeId, MAX_KEY);
	const known = [...(own?.keys() ?? [])];
	const strange = isJsonObject(value) ? Object.keys(value).find((name) => !known.includes(name)) : undefined;
	const reason =
		strange === undefined
			? 'has no "inputs"'
			: `has no "inputs", and "${truncate(strange, MAX_KEY)}" isn't an input of that node`;
	const example = known.find((name) => typeof own?.get(name) !== 'object') ?? 'text';
	return invalidInput(
		`The entry for node #${id} ${reason}`,
		`It must look like {"${id}": {"inputs": {"${truncate(example, MAX_KEY)}": "…"}}} or {"${id}.${truncate(example, MAX_KEY)}": "…"}.`,
	);
}

function noNodes(graph: WorkflowGraph | undefined, unknown: string[], parameterName: string): RunComfyFailure {
	const named = unknown.slice(0, 5).map((key) => `"${truncate(key, MAX_KEY)}"`);
	const nodes = [...(graph?.nodes.values() ?? [])];
	const example = nodes.find(({ inputs }) => typeof inputs.get('text') === 'string')?.id ?? '6';
	return invalidInput(
		`${parameterName} has ${unknown.length === 1 ? 'an entry' : 'entries'} without node inputs: ${named.join(', ')}`,
		`Name the node and its input, such as {"${example}.text": "a cat"} or {"${example}": {"inputs": {"text": "a cat"}}}. A flat form such as {"prompt": "a cat"} is for LoRA deployments.`,
	);
}

function bothForms(): RunComfyFailure {
	return invalidInput(
		'"overrides" and "workflow_api_json" can\'t be sent together',
		'Keep overrides to change values of the deployed workflow, or workflow_api_json to run another one.',
	);
}

function uiFormat(): RunComfyFailure {
	return invalidInput(
		'This workflow is in the format of the ComfyUI editor, not in API format',
		'In ComfyUI, save it with Export (API).',
	);
}
