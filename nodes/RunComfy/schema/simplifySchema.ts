import { isJsonObject, isSameJson } from '../shared/json';
import { propertiesOf, requiredOf, typesOf, type JsonSchema } from './jsonSchema';

/** How deep references and combinations are followed; no published schema needs more. */
const MAX_DEPTH = 12;

/** How many schemas one input may visit: circular references with alternatives would multiply endlessly. */
const MAX_VISITS = 5_000;

/** How many schemas all inputs of a model may visit together. */
const MAX_VISITS_OF_ALL = 50_000;

/** The document that references lead to, and how much work is left. */
export interface SchemaScope {
	root: JsonSchema;
	visitsLeft: number;
	/** For the scope of one input: the scope of the model. */
	whole?: SchemaScope;
}

export function schemaScope(root: JsonSchema): SchemaScope {
	return { root, visitsLeft: MAX_VISITS_OF_ALL };
}

/** The scope of one input, which can't use up the work of all. */
export function scopeOfOne(whole: SchemaScope): SchemaScope {
	return { root: whole.root, visitsLeft: MAX_VISITS, whole };
}

/** Counts a visit. @returns whether there is work left for it */
function takesVisit(scope: SchemaScope): boolean {
	scope.visitsLeft -= 1;
	return scope.visitsLeft >= 0 && (scope.whole === undefined || takesVisit(scope.whole));
}

/** A schema without references and combinations; `branches` has what remains of them. */
export interface SimpleSchema {
	schema: JsonSchema;
	/** The forms that a value may have, if there are several. */
	branches: JsonSchema[];
}

/**
 * Reduces a schema to what a form can show: follows `$ref`, merges `allOf`, treats `const` as a single choice, joins
 * alternatives that are all choices, and ignores that a value may be null (null is never sent).
 *
 * Dangling and circular references are ignored.
 */
export function simplifySchema(schema: JsonSchema, scope: SchemaScope, depth = 0): SimpleSchema {
	if (depth > MAX_DEPTH || !takesVisit(scope)) return { schema: {}, branches: [] };
	const { $ref, allOf, anyOf, oneOf, ...own } = schema;
	const parts = [
		...(typeof $ref === 'string' ? [resolvePointer($ref, scope.root)] : []),
		...(Array.isArray(allOf) ? allOf : []),
	].filter(isJsonObject);
	const simpleParts = parts.map((part) => simplifySchema(part, scope, depth + 1));
	const merged = simpleParts.reduceRight((rest, part) => merge(part.schema, rest), own);
	const alternatives = [anyOf, oneOf].find(Array.isArray) ?? [];
	const branches = alternatives
		.filter(isJsonObject)
		.map((branch) => simplifySchema({ ...pick(merged), ...branch }, scope, depth + 1))
		.flatMap((branch) => (branch.branches.length > 0 ? branch.branches : [branch.schema]))
		.filter((branch) => !allowsOnlyNull(branch));
	return withBranches(asChoice(merged), [...simpleParts.flatMap((part) => part.branches), ...branches]);
}

function withBranches(schema: JsonSchema, branches: JsonSchema[]): SimpleSchema {
	const types = typesOf(schema);
	const perType: JsonSchema[] = types.map((type) => ({ ...schema, type }));
	const forms = branches.length === 0 && types.length > 1 ? perType : branches;
	if (forms.length === 0) return { schema, branches: [] };
	if (forms.length === 1) return { schema: merge(schema, forms[0] ?? {}), branches: [] };
	if (forms.every((form) => Array.isArray(form.enum))) {
		const choices = forms.flatMap((form) => form.enum as unknown[]);
		return { schema: { ...schema, type: undefined, enum: choices }, branches: [] };
	}
	return { schema, branches: forms };
}

/** What every alternative inherits from the enclosing schema. */
function pick({ type, enum: choices, items, properties, required }: JsonSchema): JsonSchema {
	const shared = { type, enum: choices, items, properties, required };
	return Object.fromEntries(Object.entries(shared).filter(([, value]) => value !== undefined));
}

function asChoice(schema: JsonSchema): JsonSchema {
	if (!('const' in schema) || Array.isArray(schema.enum)) return schema;
	const { const: only, ...rest } = schema;
	return { ...rest, enum: [only] };
}

function allowsOnlyNull(schema: JsonSchema): boolean {
	if (schema.type === 'null') return true;
	return Array.isArray(schema.enum) && schema.enum.length > 0 && schema.enum.every((value) => value === null);
}

function merge(left: JsonSchema, right: JsonSchema): JsonSchema {
	const known = new Map(propertiesOf(left));
	const refined = propertiesOf(right).map(([name, property]): [string, JsonSchema] => {
		const other = known.get(name);
		return [name, other === undefined || isSameJson(other, property) ? property : { allOf: [other, property] }];
	});
	const properties = { ...Object.fromEntries(known), ...Object.fromEntries(refined) };
	const required = [...new Set([...requiredOf(left), ...requiredOf(right)])];
	return {
		...left,
		...right,
		...(Object.keys(properties).length > 0 ? { properties } : {}),
		...(required.length > 0 ? { required } : {}),
	};
}

/** Resolves a JSON pointer within the document, such as `#/$defs/name`; undefined for references to other documents. */
export function resolvePointer(pointer: string, root: JsonSchema): unknown {
	if (pointer === '#') return root;
	if (!pointer.startsWith('#/')) return undefined;
	const path = pointer.slice(2).split('/').map(unescapePointer);
	return path.reduce<unknown>((value, key) => {
		if (Array.isArray(value)) return value[Number(key)] as unknown;
		return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
	}, root);
}

/** Unescapes a part of a JSON pointer. */
function unescapePointer(part: string): string {
	return decoded(part).replace(/~1/g, '/').replace(/~0/g, '~');
}

function decoded(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		return part;
	}
}
