import { typeOf, type JsonSchema } from '../schema/jsonSchema';
import { mediaHintOf } from '../schema/mediaInputs';
import type { MediaKind } from '../shared/mediaTypes';
import type { ModelInput, ModelInputs } from '../schema/modelInputs';
import { schemaScope, simplifySchema, type SchemaScope } from '../schema/simplifySchema';
import { isJsonObject } from '../shared/json';
import { parseMediaRules, type MediaRule } from './mediaRules';

/** Nothing that a person fills in is nested deeper. */
const MAX_DEPTH = 20;

/** A media URL somewhere in a request body. */
export interface MediaValue {
	/** The input of the model that it belongs to. */
	input: ModelInput;
	url: string;
	/** Where in the input, for a message; ends with a blank, or is empty. */
	path: string;
	/** Those of the string itself, and of the lists around it. */
	rules: MediaRule[];
	/** The kinds of media that may stand here: several where the value may take several forms. */
	types: MediaKind[];
	/** Whether the schema says that it is media, and not only its name. */
	isDeclared: boolean;
}

/** Finds the media of a body: at the top, in lists, in one of several forms, and inside structured inputs. */
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
		walk({ schema: input.source, name: input.name, place: '', rules: [] }, body[input.name], scope, visit, 0);
	}
	return [...found.values()];
}

/** A place in the schema, with what its surroundings say of it. */
interface SchemaNode {
	schema: JsonSchema;
	name: string;
	place: string;
	rules: MediaRule[];
	/** The `format` of the list that it is an entry of. */
	listFormat?: unknown;
}

function walk(
	spot: SchemaNode,
	value: unknown,
	scope: SchemaScope,
	visit: (value: Omit<MediaValue, 'input'>) => void,
	depth: number,
): void {
	if (depth > MAX_DEPTH || value === null || value === undefined) return;
	const { schema, branches } = simplifySchema(spot.schema, scope);
	const inherited = parseMediaRules(schema.validations);
	for (const form of branches.length > 0 ? branches : [schema]) {
		const own = form === schema ? inherited : [...inherited, ...parseMediaRules(form.validations)];
		const here = { ...spot, schema: form, rules: [...spot.rules, ...own] };
		if (typeof value === 'string') visitText(here, value, visit);
		else if (Array.isArray(value)) walkList(here, value, scope, visit, depth);
		else if (isJsonObject(value)) walkObject(here, value, scope, visit, depth);
	}
}

function visitText(spot: SchemaNode, url: string, visit: (value: Omit<MediaValue, 'input'>) => void): void {
	const hint = mediaHintOf(
		spot.name,
		{ ...spot.schema, format: spot.schema.format ?? spot.listFormat },
		{ type: 'string', ...spot.schema },
	);
	if (hint) visit({ url, path: spot.place, rules: spot.rules, types: [hint.type], isDeclared: hint.isDeclared });
}

function walkList(
	spot: SchemaNode,
	values: unknown[],
	scope: SchemaScope,
	visit: (value: Omit<MediaValue, 'input'>) => void,
	depth: number,
): void {
	if (typeOf(spot.schema) !== 'array' && !isJsonObject(spot.schema.items)) return;
	const schema = isJsonObject(spot.schema.items) ? spot.schema.items : { type: 'string' };
	values.forEach((value, index) => {
		const place = values.length > 1 ? `${spot.place}(entry ${index + 1}) ` : spot.place;
		walk({ ...spot, schema, place, listFormat: spot.schema.format }, value, scope, visit, depth + 1);
	});
}

function walkObject(
	spot: SchemaNode,
	value: Record<string, unknown>,
	scope: SchemaScope,
	visit: (value: Omit<MediaValue, 'input'>) => void,
	depth: number,
): void {
	if (!isJsonObject(spot.schema.properties)) return;
	for (const [name, schema] of Object.entries(spot.schema.properties)) {
		if (!isJsonObject(schema) || !Object.hasOwn(value, name)) continue;
		walk({ schema, name, place: `${spot.place}"${name}" `, rules: [] }, value[name], scope, visit, depth + 1);
	}
}
