import { isJsonObject, parseJson } from '../shared/json';

/** A message names no more of them. */
const MAX_NODES = 5;
const MAX_ERRORS = 3;
/** `node_errors` stands at the top of ComfyUI's answer, which others may have wrapped, also as a text. */
const MAX_DEPTH = 4;
/** A longer text is no refusal of ComfyUI. Characters. */
const MAX_TEXT = 200_000;

/** The title of a node by its ID, where the workflow is known and still has a node of this class there. */
export type TitleOf = (nodeId: string, className: string | undefined) => string | undefined;

/**
 * What ComfyUI refuses about a graph, node by node: `KSampler #3: sampler_name: 'nope' not in list`.
 *
 * @param reason what RunComfy gives as the reason of a failure; ComfyUI's `node_errors` may stand inside (inferred)
 * @param titleOf the title of a node in the workflow's author's words; the name of its class by default
 * @returns undefined where it holds no `node_errors`
 */
export function comfyReason(reason: unknown, titleOf: TitleOf = () => undefined): string | undefined {
	const nodeErrors = findNodeErrors(reason, 0);
	if (nodeErrors === undefined) return undefined;
	const nodes = Object.entries(nodeErrors);
	const texts = nodes.slice(0, MAX_NODES).map(([id, node]) => nodeText(id, node, titleOf));
	const more = nodes.length > MAX_NODES ? [`and ${nodes.length - MAX_NODES} more nodes`] : [];
	return [...texts, ...more].join('; ');
}

function findNodeErrors(value: unknown, depth: number): Record<string, unknown> | undefined {
	if (depth > MAX_DEPTH) return undefined;
	if (typeof value === 'string') {
		const isJson = value.length <= MAX_TEXT && value.includes('node_errors') && value.trimStart().startsWith('{');
		return isJson ? findNodeErrors(parseJson(value), depth + 1) : undefined;
	}
	if (Array.isArray(value)) return firstOf(value.slice(0, MAX_NODES), depth);
	if (!isJsonObject(value)) return undefined;
	const { node_errors: nodeErrors } = value;
	if (isJsonObject(nodeErrors) && Object.keys(nodeErrors).length > 0) return nodeErrors;
	return firstOf([value.error, value.message, value.detail, value.error_message, value.debugInfo], depth);
}

function firstOf(values: unknown[], depth: number): Record<string, unknown> | undefined {
	for (const value of values) {
		const found = findNodeErrors(value, depth + 1);
		if (found) return found;
	}
	return undefined;
}

function nodeText(id: string, node: unknown, titleOf: TitleOf): string {
	const { class_type: name, errors } = isJsonObject(node) ? node : {};
	const className = typeof name === 'string' && name !== '' ? name : undefined;
	const title = `${titleOf(id, className) ?? className ?? 'Node'} #${id}`;
	const list = Array.isArray(errors) ? errors.filter(isJsonObject).slice(0, MAX_ERRORS) : [];
	const texts = list.map(errorText).filter((text) => text !== '');
	return texts.length > 0 ? `${title}: ${texts.join(', ')}` : title;
}

function errorText({ message, details, extra_info: extra }: Record<string, unknown>): string {
	const input = isJsonObject(extra) && typeof extra.input_name === 'string' ? extra.input_name : '';
	const said = typeof message === 'string' ? message.trim() : '';
	const detail = typeof details === 'string' ? details.trim() : '';
	// ComfyUI's details often begin with the input, or are its name alone.
	const rest =
		detail === input ? '' : detail.startsWith(`${input}:`) ? detail.slice(input.length + 1).trim() : detail;
	const text = said && rest ? `${said} (${rest})` : said || rest;
	return input ? [input, text].filter(Boolean).join(': ') : text;
}
