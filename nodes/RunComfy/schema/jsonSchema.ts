import { isJsonObject } from '../shared/json';

/**
 * A JSON Schema in RunComfy's dialect, as it was sent: nothing about it is certain. The dialect adds the type `float`,
 * media formats (`image_uri`, `video_uris`, ...), `nullable` and `validations` (seen in published schemas).
 */
export type JsonSchema = Record<string, unknown>;

/** The properties of an object schema, or none. */
export function propertiesOf(schema: JsonSchema): Array<[string, JsonSchema]> {
	if (!isJsonObject(schema.properties)) return [];
	return Object.entries(schema.properties).map(([name, property]) => [name, isJsonObject(property) ? property : {}]);
}

/** The names in `required`; other entries are ignored. */
export function requiredOf(schema: JsonSchema): string[] {
	return Array.isArray(schema.required)
		? schema.required.filter((name): name is string => typeof name === 'string')
		: [];
}

/** Names of types in other languages; `float` is seen in published schemas. */
const OTHER_NAMES: Record<string, string> = {
	bool: 'boolean',
	decimal: 'number',
	dict: 'object',
	double: 'number',
	float: 'number',
	int: 'integer',
	list: 'array',
	long: 'integer',
	str: 'string',
	text: 'string',
};

/** The name of a type as JSON Schema has it. */
export function standardType(type: unknown): unknown {
	const name = typeof type === 'string' ? type.toLowerCase() : '';
	if (name === '') return type;
	return Object.hasOwn(OTHER_NAMES, name) ? OTHER_NAMES[name] : name;
}

/** A numeric limit, which some schemas write as text. */
export function limitOf(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** The types that a value may have, except null. An integer is also a number. */
export function typesOf(schema: JsonSchema): string[] {
	const types = (Array.isArray(schema.type) ? schema.type : [schema.type])
		.map(standardType)
		.filter((type): type is string => typeof type === 'string' && type !== 'null');
	return types.includes('number') ? types.filter((type) => type !== 'integer') : types;
}

/** The type that other keywords imply, if none is named. */
export function guessedType(schema: JsonSchema): string | undefined {
	if (schema.type !== undefined) return undefined;
	const given = typeof schema.default;
	if (['string', 'number', 'boolean'].includes(given)) return given;
	if (
		['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'].some(
			(keyword) => keyword in schema,
		)
	)
		return 'number';
	return ['minLength', 'maxLength', 'pattern'].some((keyword) => keyword in schema) ? 'string' : undefined;
}

/** The one type of a value; undefined when the schema leaves it open. */
export function typeOf(schema: JsonSchema): string | undefined {
	const types = typesOf(schema);
	return types.length === 1 ? types[0] : undefined;
}

/** Keywords that don't affect validity, or only together with another one. */
const ANNOTATIONS = new Set([
	...[
		'$anchor',
		'$comment',
		'$defs',
		'$id',
		'$schema',
		'$vocabulary',
		'components',
		'default',
		'definitions',
		'deprecated',
		'description',
	],
	...[
		'example',
		'examples',
		'readOnly',
		'title',
		'writeOnly',
		'contentEncoding',
		'contentMediaType',
		'contentSchema',
	],
]);

/** Keywords with `x-` are extensions of tools, as in OpenAPI. */
export function isAnnotation(keyword: string): boolean {
	return ANNOTATIONS.has(keyword) || keyword.startsWith('x-');
}

/** Whether the document uses a draft that ignores keywords next to a reference. */
export function isOlderDraft({ $schema }: JsonSchema): boolean {
	return typeof $schema === 'string' && /draft-0?[3-7]\b/.test($schema);
}

/**
 * The schemas of list entries. Older drafts describe fixed positions with a list of `items`, and the rest with
 * `additionalItems`.
 */
export function entryRules(schema: JsonSchema): { fixed: unknown[]; rest: unknown } {
	if (Array.isArray(schema.prefixItems)) return { fixed: schema.prefixItems, rest: schema.items };
	return Array.isArray(schema.items)
		? { fixed: schema.items, rest: schema.additionalItems }
		: { fixed: [], rest: schema.items };
}
