import { isJsonObject } from '../shared/json';

/**
 * A JSON Schema in RunComfy's dialect, as it comes: nothing about it is certain. The dialect adds the type `float`,
 * media formats (`image_uri`, `video_uris`, ...), `nullable` and `validations` (seen in published schemas).
 */
export type JsonSchema = Record<string, unknown>;

/** The properties of an object schema, or none. */
export function propertiesOf(schema: JsonSchema): Array<[string, JsonSchema]> {
	if (!isJsonObject(schema.properties)) return [];
	return Object.entries(schema.properties).map(([name, property]) => [name, isJsonObject(property) ? property : {}]);
}

/** The names in `required`, those that are texts. */
export function requiredOf(schema: JsonSchema): string[] {
	return Array.isArray(schema.required) ? schema.required.filter((name): name is string => typeof name === 'string') : [];
}

/** The types that a value may have, null aside. `float` is a number, and an integer is one too. */
export function typesOf(schema: JsonSchema): string[] {
	const types = (Array.isArray(schema.type) ? schema.type : [schema.type])
		.filter((type): type is string => typeof type === 'string' && type !== 'null')
		.map((type) => (type === 'float' ? 'number' : type));
	return types.includes('number') ? types.filter((type) => type !== 'integer') : types;
}

/** The one type of a value; undefined when the schema leaves it open. */
export function typeOf(schema: JsonSchema): string | undefined {
	const types = typesOf(schema);
	return types.length === 1 ? types[0] : undefined;
}
