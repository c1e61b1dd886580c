import { isJsonObject } from '../shared/json';
import { evaluatedNames } from './evaluatedParts';
import { requiredOf, type JsonSchema } from './jsonSchema';
import { refused, type Place, type Validation } from './validation';
import { limited } from './valueRules';
import { ACCEPTED, all, isRefused, UNSURE, type Verdict } from './verdict';

/** The rules about an object. */
export function checkObject(schema: JsonSchema, given: Record<string, unknown>, place: Place, validation: Validation): Verdict {
	// What JavaScript calls undefined is not written into JSON.
	const names = Object.keys(given).filter((name) => given[name] !== undefined);
	const { verdict, named } = checkProperties(schema, given, names, place, validation);
	return all([
		...checkRequired(schema, given, place, validation),
		limited('minProperties', schema.minProperties, given, place, (limit) => names.length >= limit),
		limited('maxProperties', schema.maxProperties, given, place, (limit) => names.length <= limit),
		schema.propertyNames === undefined ? ACCEPTED : checkNames(schema.propertyNames, names, place, validation),
		...checkDependencies(schema, given, place, validation),
		verdict,
		schema.additionalProperties === undefined ? ACCEPTED : checkAdditional(schema, given, names, named, place, validation),
		schema.unevaluatedProperties === undefined ? ACCEPTED : checkRest(schema, given, names, place, validation),
	]);
}

function isGiven(object: Record<string, unknown>, name: string): boolean {
	return Object.hasOwn(object, name) && object[name] !== undefined;
}

/** Names that the input as a whole requires and does not declare are told as a warning. */
function checkRequired(schema: JsonSchema, given: Record<string, unknown>, place: Place, { root }: Validation): Verdict[] {
	const { required, properties } = schema;
	if (required === undefined) return [];
	if (!Array.isArray(required)) return [UNSURE];
	const isWanted = (name: string) => schema !== root || (isJsonObject(properties) && Object.hasOwn(properties, name));
	return requiredOf(schema)
		.filter((name) => isWanted(name) && !isGiven(given, name))
		.map((missing) => refused('required', required, given, place, { missing }));
}

function checkNames(schema: unknown, names: string[], place: Place, validation: Validation): Verdict {
	const verdicts = names.map((name) => ({ name, verdict: validation.apply(schema, name, place.below(name), validation) }));
	return all(verdicts.map(({ name, verdict }) => (isRefused(verdict) ? refused('propertyNames', schema, name, place.below(name)) : verdict)));
}

/** Older drafts wrote names and schemas as `dependencies`. */
function checkDependencies(schema: JsonSchema, given: Record<string, unknown>, place: Place, validation: Validation): Verdict[] {
	const maps = [schema.dependentRequired, schema.dependentSchemas, schema.dependencies].filter((map) => map !== undefined);
	return maps.flatMap((map) => {
		if (!isJsonObject(map)) return [UNSURE];
		const met = Object.entries(map).filter(([name]) => isGiven(given, name));
		return met.map(([beside, needs]) => {
			if (!Array.isArray(needs)) return needs === false ? refused('false', needs, given[beside], place.below(beside)) : validation.apply(needs, given, place, validation);
			const missing = needs.filter((name): name is string => typeof name === 'string' && !isGiven(given, name));
			return all(missing.map((name) => refused('dependentRequired', needs, given, place, { missing: name, beside })));
		});
	});
}

/** What is declared by name or by a pattern; `named` are the names that are, or may be. */
function checkProperties(schema: JsonSchema, given: Record<string, unknown>, names: string[], place: Place, validation: Validation) {
	const verdicts: Verdict[] = [];
	const named = { surely: new Set<string>(), maybe: new Set<string>() };
	if (isJsonObject(schema.properties)) {
		for (const name of names) {
			if (!Object.hasOwn(schema.properties, name)) continue;
			named.surely.add(name);
			verdicts.push(validation.apply(schema.properties[name], given[name], place.below(name), validation));
		}
	} else if (schema.properties !== undefined) verdicts.push(UNSURE);
	for (const [pattern, part] of Object.entries(isJsonObject(schema.patternProperties) ? schema.patternProperties : {})) {
		for (const name of names) {
			const isMatch = validation.matches(pattern, name, place.below(name));
			if (isMatch === true) verdicts.push(validation.apply(part, given[name], place.below(name), validation));
			if (isMatch === true) named.surely.add(name);
			if (isMatch === undefined) named.maybe.add(name);
		}
	}
	return { verdict: all([...verdicts, named.maybe.size > 0 ? UNSURE : ACCEPTED]), named };
}

function checkAdditional(
	schema: JsonSchema,
	given: Record<string, unknown>,
	names: string[],
	{ surely, maybe }: { surely: Set<string>; maybe: Set<string> },
	place: Place,
	validation: Validation,
): Verdict {
	const others = names.filter((name) => !surely.has(name) && !maybe.has(name));
	return all(others.map((name) => validation.apply(schema.additionalProperties, given[name], place.below(name), validation)));
}

/** The properties of which no other keyword says anything. */
function checkRest(schema: JsonSchema, given: Record<string, unknown>, names: string[], place: Place, validation: Validation): Verdict {
	const { found, isSure } = evaluatedNames(schema, given, names, place, validation);
	const others = names.filter((name) => !found.has(name));
	return all([isSure ? ACCEPTED : UNSURE, ...others.map((name) => validation.apply(schema.unevaluatedProperties, given[name], place.below(name), validation))]);
}
