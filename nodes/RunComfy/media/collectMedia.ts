import { typeOf, type JsonSchema } from '../schema/jsonSchema';
import { mediaHintOf } from '../schema/mediaInputs';
import type { MediaKind } from '../shared/mediaTypes';
import type { ModelInput, ModelInputs } from '../schema/modelInputs';
import { schemaScope, simplifySchema, type SchemaScope } from '../schema/simplifySchema';
import { isJsonObject } from '../shared/json';
import { parseMediaRules, type MediaRule } from './mediaRules';

/** No input is nested deeper. */
const MAX_DEPTH = 20;

/** A media URL somewhere in a request body. */
export interface MediaValue {
	/** The model input that it belongs to. */
	input: ModelInput;
	url: string;
	/** Where it is in the input, for messages; ends with a blank, or is empty. */
	path: string;
	/** Those of the string itself, and of the lists that contain it. */
	rules: MediaRule[];
	/** The kinds of media allowed here; several if the value may take several forms. */
	types: MediaKind[];
	/** Whether the schema declares it as media; otherwise only its name suggests it. */
	isDeclared: boolean;
}

/** Finds the media of a body: at the top level, in lists, in one of several forms, and inside structured inputs. */
export function collectMedia(inputs: ModelInputs, body: Record<string, unknown>): MediaValue[] {
	const scope = schemaScope(inputs.schema);
	const found = new Map<string, MediaValue>();
	for (const input of inputs.inputs) {
		const visit = (value: Omit<MediaValue, 'input'>) => {
			const key = `${input.name} ${value.path} ${value.url.slice(0, 1000)}`;
			const known = found.get(key);
			if (known) known.types.push(...value.types);
			else found.set(key, { ...value, input });
		};
		walk({ schema: input.source, name: input.name, path: '', rules: [] }, body[input.name], scope, visit, 0);
	}
	return [...found.values()];
}

/** A node of the schema, with what it inherits from its parents. */
interface SchemaNode {
	schema: JsonSchema;
	name: string;
	path: string;
	rules: MediaRule[];
	/** The `format` of the list that contains it. */
	listFormat?: unknown;
}

function walk(
	node: SchemaNode,
	value: unknown,
	scope: SchemaScope,
	visit: (value: Omit<MediaValue, 'input'>) => void,
	depth: number,
): void {
	if (depth > MAX_DEPTH || value === null || value === undefined) return;
	const { schema, branches } = simplifySchema(node.schema, scope);
	const inherited = parseMediaRules(schema.validations);
	for (const form of branches.length > 0 ? branches : [schema]) {
		const own = form === schema ? inherited : [...inherited, ...parseMediaRules(form.validations)];
		const here = { ...node, schema: form, rules: [...node.rules, ...own] };
		if (typeof value === 'string') visitText(here, value, visit);
		else if (Array.isArray(value)) walkList(here, value, scope, visit, depth);
		else if (isJsonObject(value)) walkObject(here, value, scope, visit, depth);
	}
}

function visitText(node: SchemaNode, url: string, visit: (value: Omit<MediaValue, 'input'>) => void): void {
	const hint = mediaHintOf(
		node.name,
		{ ...node.schema, format: node.schema.format ?? node.listFormat },
		{ type: 'string', ...node.schema },
	);
	if (hint) visit({ url, path: node.path, rules: node.rules, types: [hint.type], isDeclared: hint.isDeclared });
}

function walkList(
	node: SchemaNode,
	values: unknown[],
	scope: SchemaScope,
	visit: (value: Omit<MediaValue, 'input'>) => void,
	depth: number,
): void {
	if (typeOf(node.schema) !== 'array' && !isJsonObject(node.schema.items)) return;
	const schema = isJsonObject(node.schema.items) ? node.schema.items : { type: 'string' };
	values.forEach((value, index) => {
		const path = values.length > 1 ? `${node.path}(entry ${index + 1}) ` : node.path;
		walk({ ...node, schema, path, listFormat: node.schema.format }, value, scope, visit, depth + 1);
	});
}

function walkObject(
	node: SchemaNode,
	value: Record<string, unknown>,
	scope: SchemaScope,
	visit: (value: Omit<MediaValue, 'input'>) => void,
	depth: number,
): void {
	if (!isJsonObject(node.schema.properties)) return;
	for (const [name, schema] of Object.entries(node.schema.properties)) {
		if (!isJsonObject(schema) || !Object.hasOwn(value, name)) continue;
		walk({ schema, name, path: `${node.path}"${name}" `, rules: [] }, value[name], scope, visit, depth + 1);
	}
}
