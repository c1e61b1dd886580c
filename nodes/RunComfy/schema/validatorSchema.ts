import { isJsonObject } from '../shared/json';
import type { JsonSchema } from './jsonSchema';

const STANDARD_TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

/** Keywords that say nothing about validity; a media format is checked as media, not as text. */
const LEFT_OUT = new Set(['default', 'format', 'validations', 'title', 'description', 'nullable', '$ref', 'examples']);

/**
 * Rewrites a schema of RunComfy's dialect for a validator of standard JSON Schema: `float` is a number, `nullable`
 * allows null, and what the validator would throw on (a bad pattern, a reference into nowhere) is left out.
 *
 */
export function toValidatorSchema(schema: JsonSchema): JsonSchema {
	const entries = Object.entries(schema)
		.filter(([keyword]) => !LEFT_OUT.has(keyword))
		.map(([keyword, value]) => [keyword, rewriteKeyword(keyword, value, schema)] as const)
		.filter(([, value]) => value !== undefined);
	return Object.fromEntries(entries);
}

function rewriteKeyword(keyword: string, value: unknown, schema: JsonSchema): unknown {
	switch (keyword) {
		case 'type':
			return standardTypes(value, schema.nullable === true);
		case 'required':
			return declaredNames(value, schema.properties);
		case 'enum':
			if (!Array.isArray(value)) return undefined;
			return schema.nullable === true ? [...value, null] : value;
		case 'pattern':
			return isUsablePattern(value) ? value : undefined;
		case 'properties':
		case '$defs':
		case 'definitions':
			return rewriteMap(value);
		default:
			return rewriteValue(value);
	}
}

function standardTypes(type: unknown, nullable: boolean): string[] | undefined {
	const types = (Array.isArray(type) ? type : [type]).map((name) => (name === 'float' ? 'number' : name));
	if (!types.every((name): name is string => typeof name === 'string' && STANDARD_TYPES.has(name))) return undefined;
	return nullable ? [...types, 'null'] : types;
}

function declaredNames(required: unknown, properties: unknown): unknown[] | undefined {
	if (!Array.isArray(required)) return undefined;
	return isJsonObject(properties) ? required.filter((name) => Object.hasOwn(properties, String(name))) : required;
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

function rewriteMap(value: unknown): unknown {
	if (!isJsonObject(value)) return undefined;
	return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, rewriteValue(entry)]));
}

function rewriteValue(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(rewriteValue);
	return isJsonObject(value) ? toValidatorSchema(value) : value;
}
