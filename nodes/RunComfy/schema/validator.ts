import { Validator, type OutputUnit } from '../../../vendor/jsonSchemaValidator';
import { isJsonObject } from '../shared/json';
import { limitOf, standardType, type JsonSchema } from './jsonSchema';
import { resolvePointer } from './simplifySchema';

/** What the validator says of one place in a value. */
export type ValidationError = OutputUnit;

/** Nothing that a person fills in is nested deeper. */
const DEEPEST = 60;

/** References that lead to references: a longer chain is taken for one without end. */
const LONGEST_CHAIN = 20;

const STANDARD_TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

/** Keywords that say nothing about validity. Media formats are checked as media, and a dynamic id would only mislead. */
const LEFT_OUT = new Set(['$defs', '$id', '$schema', '$anchor', 'default', 'definitions', 'description', 'examples', 'format', 'nullable', 'title', 'validations']);

/** The whole document, and the names under which the places that references lead to stand in `$defs` of the new one. */
interface Document {
	root: JsonSchema;
	names: Map<string, string>;
}

/** Keywords whose value is a map from names to schemas, and those with a list of schemas. */
const SCHEMA_MAPS = new Set(['properties', 'patternProperties', 'dependentSchemas']);
const SCHEMA_LISTS = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems']);
const SCHEMAS = new Set(['items', 'additionalProperties', 'contains', 'not', 'if', 'then', 'else', 'propertyNames']);
const NUMBERS = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties', 'minContains', 'maxContains']);

/** The schema that the validator works with: locations in its errors are places in this one. */
export function toValidatorSchema(schema: JsonSchema): JsonSchema {
	const document: Document = { root: schema, names: new Map() };
	const rewritten = rewrite(schema, document);
	const definitions: Record<string, unknown> = {};
	// What is found on the way is visited in its turn: a map may grow while it is read.
	for (const [pointer, name] of document.names) definitions[name] = rewriteOne(resolvePointer(pointer, schema), document, 1) ?? true;
	return document.names.size > 0 ? { ...rewritten, $defs: definitions } : rewritten;
}

/**
 * Validates a value. The validator interprets the schema and generates no code.
 *
 * @param schema as `toValidatorSchema` gives it
 * @returns undefined when the schema is so wrong that the validator gives up
 */
export function validationErrors(schema: JsonSchema, value: unknown): ValidationError[] | undefined {
	// Where there are too many errors to hold, the first one does.
	for (const onlyFirst of [false, true]) {
		try {
			return new Validator(schema, '2020-12', onlyFirst).validate(value).errors;
		} catch {
			continue;
		}
	}
	return undefined;
}

/** Whether a value fits a schema of RunComfy's dialect; a schema that makes no sense forbids nothing. */
export function isValid(schema: JsonSchema, value: unknown): boolean {
	return (validationErrors(toValidatorSchema(schema), value) ?? []).length === 0;
}

/**
 * Rewrites a schema of RunComfy's dialect as standard JSON Schema: `float` is a number, `nullable` allows null, and what
 * the validator would throw on is left out: a bad pattern, a reference into nowhere, a keyword with the wrong kind of
 * value. Names in `required` that `properties` does not declare are dropped: they are told as a warning.
 */
function rewrite(schema: JsonSchema, document: Document, depth = 0): JsonSchema {
	if (depth > DEEPEST) return {};
	const entries = withoutStrictForms(inNewestDraft(schema), schema === document.root)
		.filter(([keyword]) => !LEFT_OUT.has(keyword))
		.map(([keyword, value]) => [keyword, rewriteKeyword(keyword, value, schema, document, depth + 1)] as const)
		.filter(([, value]) => value !== undefined);
	const rewritten = Object.fromEntries(entries);
	const isOrNull = schema.nullable === true && schema.type === undefined && schema.enum === undefined;
	return isOrNull ? { anyOf: [rewritten, { type: ['null'] }] } : rewritten;
}

/**
 * Below the input as a whole, `oneOf` is meant as "one of these": what tells the forms apart is often a format, which is
 * not checked here, and a listed voice is a text as well.
 */
function withoutStrictForms(entries: Array<[string, unknown]>, isRoot: boolean): Array<[string, unknown]> {
	if (isRoot || entries.some(([keyword]) => keyword === 'anyOf')) return entries;
	return entries.map(([keyword, value]) => [keyword === 'oneOf' ? 'anyOf' : keyword, value]);
}

/** Older drafts wrote lists of fixed places and dependencies under other names. */
function inNewestDraft(schema: JsonSchema): Array<[string, unknown]> {
	return Object.entries(schema).flatMap(([keyword, value]): Array<[string, unknown]> => {
		if (keyword === 'items' && Array.isArray(value)) return [['prefixItems', value]];
		if (keyword !== 'dependencies' || !isJsonObject(value)) return [[keyword, value]];
		const entries = Object.entries(value);
		return [
			['dependentRequired', Object.fromEntries(entries.filter(([, needs]) => Array.isArray(needs)))],
			['dependentSchemas', Object.fromEntries(entries.filter(([, needs]) => isJsonObject(needs)))],
		];
	});
}

function rewriteKeyword(keyword: string, value: unknown, schema: JsonSchema, document: Document, depth: number): unknown {
	if (SCHEMA_MAPS.has(keyword)) return rewriteMap(value, document, depth);
	if (SCHEMA_LISTS.has(keyword)) return rewriteList(value, document, depth);
	if (SCHEMAS.has(keyword)) return rewriteOne(value, document, depth);
	// In older drafts the exclusive limits are switches beside the limits.
	if (keyword === 'exclusiveMinimum' && value === true) return limitOf(schema.minimum);
	if (keyword === 'exclusiveMaximum' && value === true) return limitOf(schema.maximum);
	if (NUMBERS.has(keyword)) return limitOf(value);
	switch (keyword) {
		case 'type':
			return isAgainstEnum(value, schema.enum) ? undefined : standardTypes(value, schema.nullable === true);
		case 'required':
			return schema === document.root ? declaredNames(value, schema.properties) : textsOf(value);
		case 'enum':
			if (!Array.isArray(value)) return undefined;
			return schema.nullable === true ? [...value, null] : value;
		case 'pattern':
			return isUsablePattern(value) ? value : undefined;
		case '$ref':
			return typeof value === 'string' && leadsSomewhere(value, document.root) ? definitionOf(value, document) : undefined;
		case 'dependentRequired':
			return isJsonObject(value) && Object.values(value).every(Array.isArray) ? value : undefined;
		case 'uniqueItems':
			return value === true ? true : undefined;
		case 'const':
			return value;
		default:
			// Anything else is not checked.
			return undefined;
	}
}

/** Where the place that a reference leads to stands in the new document. */
function definitionOf(pointer: string, { names }: Document): string {
	if (pointer === '#') return pointer;
	const name = names.get(pointer) ?? `place${names.size}`;
	names.set(pointer, name);
	return `#/$defs/${name}`;
}

/** Where a list of choices and the type exclude each other, the choices count. */
function isAgainstEnum(type: unknown, choices: unknown): boolean {
	if (!Array.isArray(choices) || choices.length === 0) return false;
	const types = standardTypes(type, false) ?? [];
	return types.length > 0 && !choices.some((choice) => types.some((name) => isOfType(choice, name)));
}

function isOfType(value: unknown, type: string): boolean {
	switch (type) {
		case 'array':
			return Array.isArray(value);
		case 'integer':
			return Number.isInteger(value);
		case 'null':
			return value === null;
		case 'object':
			return isJsonObject(value);
		default:
			return typeof value === type;
	}
}

function standardTypes(type: unknown, nullable: boolean): string[] | undefined {
	const types = (Array.isArray(type) ? type : [type]).map(standardType);
	if (types.length === 0 || !types.every((name): name is string => STANDARD_TYPES.has(String(name)))) return undefined;
	return nullable ? [...types, 'null'] : types;
}

function declaredNames(required: unknown, properties: unknown): string[] | undefined {
	const names = textsOf(required);
	return isJsonObject(properties) ? names?.filter((name) => Object.hasOwn(properties, name)) : undefined;
}

function textsOf(value: unknown): string[] | undefined {
	return Array.isArray(value) ? value.filter((entry): entry is string => typeof entry === 'string') : undefined;
}

function isUsablePattern(pattern: unknown): boolean {
	if (typeof pattern !== 'string') return false;
	try {
		new RegExp(pattern, 'u');
		return true;
	} catch {
		return false;
	}
}

/** A reference that only leads to further references, back to its start, says nothing and would never end. */
function leadsSomewhere(pointer: string, root: JsonSchema): boolean {
	const seen = new Set<string>();
	const isTooLong = () => seen.size > LONGEST_CHAIN;
	let target: unknown = { $ref: pointer };
	while (isJsonObject(target) && typeof target.$ref === 'string') {
		if (seen.has(target.$ref) || isTooLong()) return false;
		seen.add(target.$ref);
		target = resolvePointer(target.$ref, root);
	}
	return isJsonObject(target);
}

function rewriteMap(value: unknown, document: Document, depth: number): unknown {
	if (!isJsonObject(value)) return undefined;
	const entries = Object.entries(value).map(([name, entry]) => [name, rewriteOne(entry, document, depth) ?? true] as const);
	return Object.fromEntries(entries);
}

function rewriteList(value: unknown, document: Document, depth: number): unknown {
	return Array.isArray(value) && value.length > 0 ? value.map((entry) => rewriteOne(entry, document, depth) ?? true) : undefined;
}

function rewriteOne(value: unknown, document: Document, depth: number): unknown {
	if (typeof value === 'boolean') return value;
	return isJsonObject(value) ? rewrite(value, document, depth) : undefined;
}
