import { isJsonObject } from '../shared/json';
import { evaluatedNames } from './evaluatedParts';
import { requiredOf, type JsonSchema } from './jsonSchema';
import { refused, UNKNOWN, type Rule, type RuleMaker } from './rule';
import type { ValuePath, Validation } from './validation';
import { limitRule } from './valueRules';
import { ACCEPTED, all, both, isRefused, UNSURE, type Verdict } from './verdict';

/** The rules about an object. */
export const OBJECT_RULES: Record<string, RuleMaker> = {
	required: (required, schema) => (Array.isArray(required) ? forObjects(requiredRule(required, schema)) : UNKNOWN),
	minProperties: (least) =>
		limitRule('minProperties', least, (value, limit) => !isJsonObject(value) || namesOf(value).length >= limit),
	maxProperties: (most) =>
		limitRule('maxProperties', most, (value, limit) => !isJsonObject(value) || namesOf(value).length <= limit),
	propertyNames: (schema) => forObjects(namesRule(schema)),
	dependentRequired: (map) => (isJsonObject(map) ? forObjects(dependenciesRule(map)) : UNKNOWN),
	dependentSchemas: (map) => (isJsonObject(map) ? forObjects(dependenciesRule(map)) : UNKNOWN),
	// Older drafts have names and schemas in one map.
	dependencies: (map) => (isJsonObject(map) ? forObjects(dependenciesRule(map)) : UNKNOWN),
	properties: (map) => (isJsonObject(map) ? forObjects(propertiesRule(map)) : UNKNOWN),
	patternProperties: (map) => (isJsonObject(map) ? forObjects(patternsRule(map)) : UNKNOWN),
	additionalProperties: (rest, schema) => forObjects(additionalRule(rest, schema)),
	unevaluatedProperties: (rest, schema) => forObjects(restRule(rest, schema)),
};

type ObjectRule = (given: Record<string, unknown>, path: ValuePath, validation: Validation) => Verdict;

function forObjects(check: ObjectRule): Rule {
	return (value, path, validation) => (isJsonObject(value) ? check(value, path, validation) : ACCEPTED);
}

/** JSON leaves out properties that are undefined. */
function namesOf(given: Record<string, unknown>): string[] {
	return Object.keys(given).filter((name) => given[name] !== undefined);
}

function isGiven(object: Record<string, unknown>, name: string): boolean {
	return object[name] !== undefined && Object.hasOwn(object, name);
}

/** Names that the whole input requires but doesn't declare are reported as a warning elsewhere. */
function requiredRule(required: unknown[], schema: JsonSchema): ObjectRule {
	const names = requiredOf(schema);
	const declared = isJsonObject(schema.properties) ? schema.properties : {};
	return (given, path, { root }) => {
		const missing = names.filter(
			(name) => !isGiven(given, name) && (schema !== root || Object.hasOwn(declared, name)),
		);
		return all(missing.map((name) => refused('required', required, given, path, { missing: name })));
	};
}

function namesRule(schema: unknown): ObjectRule {
	return (given, path, validation) =>
		all(
			namesOf(given).map((name) => {
				const verdict = validation.apply(schema, name, path.child(name), validation);
				return isRefused(verdict) ? refused('propertyNames', schema, name, path.child(name)) : verdict;
			}),
		);
}

/** What a property requires: other properties, or a schema for the object. */
function dependenciesRule(map: Record<string, unknown>): ObjectRule {
	const entries = Object.entries(map);
	return (given, path, validation) => {
		const met = entries.filter(([name]) => isGiven(given, name));
		return all(
			met.map(([beside, needs]) => {
				if (needs === false) return refused('false', needs, given[beside], path.child(beside));
				if (!Array.isArray(needs)) return validation.apply(needs, given, path, validation);
				const missing = needs.filter(
					(name): name is string => typeof name === 'string' && !isGiven(given, name),
				);
				return all(
					missing.map((name) => refused('dependentRequired', needs, given, path, { missing: name, beside })),
				);
			}),
		);
	};
}

function propertiesRule(map: Record<string, unknown>): ObjectRule {
	return (given, path, validation) => {
		let verdict = ACCEPTED;
		for (const name of namesOf(given)) {
			if (Object.hasOwn(map, name))
				verdict = both(verdict, validation.apply(map[name], given[name], path.child(name), validation));
		}
		return verdict;
	};
}

function patternsRule(map: Record<string, unknown>): ObjectRule {
	return (given, path, validation) => {
		let verdict = ACCEPTED;
		for (const name of namesOf(given)) {
			for (const [pattern, schema] of Object.entries(map)) {
				const isMatch = validation.matches(pattern, name, path.child(name));
				if (isMatch !== false)
					verdict = both(
						verdict,
						isMatch ? validation.apply(schema, given[name], path.child(name), validation) : UNSURE,
					);
			}
		}
		return verdict;
	};
}

/** The properties that are declared neither by name nor by a pattern. */
function additionalRule(rest: unknown, { properties, patternProperties }: JsonSchema): ObjectRule {
	const declared = isJsonObject(properties) ? properties : {};
	const patterns = Object.keys(isJsonObject(patternProperties) ? patternProperties : {});
	return (given, path, validation) => {
		let verdict = ACCEPTED;
		for (const name of namesOf(given)) {
			// If a pattern may match, its own rule makes the verdict unsure.
			if (
				Object.hasOwn(declared, name) ||
				patterns.some((pattern) => validation.matches(pattern, name, path.child(name)) !== false)
			)
				continue;
			verdict = both(verdict, validation.apply(rest, given[name], path.child(name), validation));
		}
		return verdict;
	};
}

/** The properties that no other keyword covers. */
function restRule(rest: unknown, schema: JsonSchema): ObjectRule {
	return (given, path, validation) => {
		const names = namesOf(given);
		const { found, isSure } = evaluatedNames(schema, given, names, path, validation);
		const others = names.filter((name) => !found.has(name));
		return all([
			isSure ? ACCEPTED : UNSURE,
			...others.map((name) => validation.apply(rest, given[name], path.child(name), validation)),
		]);
	};
}
