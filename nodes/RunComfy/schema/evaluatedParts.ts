import { isJsonObject } from '../shared/json';
import { entryRules, isOlderDraft, type JsonSchema } from './jsonSchema';
import type { ValuePath, Validation } from './validation';
import { isAccepted, isRefused } from './verdict';

/**
 * `unevaluatedProperties` and `unevaluatedItems` apply to what no other keyword at the same path covers, in schemas
 * that hold for the value. A schema that may hold counts, and makes the verdict unsure.
 */
interface Evaluation {
	value: unknown;
	path: ValuePath;
	validation: Validation;
	/** The schemas visited, because references may be circular. */
	visited: Set<JsonSchema>;
	isSure: boolean;
	/** Whether not everything was visited: then anything may be evaluated. */
	isCut: boolean;
}

/** The most schemas visited for one path. */
const MAX_SCHEMAS = 1_000;

/** Entries of a list: all up to an index, and some others. */
export interface EvaluatedEntries {
	upTo: number;
	others: Set<number>;
	isSure: boolean;
}

export function evaluatedNames(
	schema: JsonSchema,
	value: unknown,
	names: string[],
	path: ValuePath,
	validation: Validation,
): { found: Set<string>; isSure: boolean } {
	const found = new Set<string>();
	const addAll = () => names.forEach((name) => found.add(name));
	const evaluation: Evaluation = { value, path, validation, visited: new Set(), isSure: true, isCut: false };
	forEachSchema(schema, evaluation, (part) => {
		if (part.additionalProperties !== undefined || (part !== schema && part.unevaluatedProperties !== undefined))
			addAll();
		if (isJsonObject(part.properties)) {
			const { properties } = part;
			names.filter((name) => Object.hasOwn(properties, name)).forEach((name) => found.add(name));
		}
		for (const pattern of Object.keys(isJsonObject(part.patternProperties) ? part.patternProperties : {})) {
			for (const name of names) {
				const isMatch = validation.matches(pattern, name, path.child(name));
				if (isMatch !== false) found.add(name);
				if (isMatch === undefined) evaluation.isSure = false;
			}
		}
	});
	if (evaluation.isCut) addAll();
	return { found, isSure: evaluation.isSure && !evaluation.isCut };
}

export function evaluatedEntries(
	schema: JsonSchema,
	list: unknown[],
	path: ValuePath,
	validation: Validation,
): EvaluatedEntries {
	const others = new Set<number>();
	let upTo = 0;
	const evaluation: Evaluation = { value: list, path, validation, visited: new Set(), isSure: true, isCut: false };
	forEachSchema(schema, evaluation, (part) => {
		const { fixed, rest } = entryRules(part);
		const hasRest = rest !== undefined || (part !== schema && part.unevaluatedItems !== undefined);
		upTo = Math.max(upTo, hasRest ? list.length : fixed.length);
		if (part.contains === undefined) return;
		list.forEach((entry, index) => {
			const verdict = validation.apply(part.contains, entry ?? null, path.child(index), validation);
			if (!isRefused(verdict)) others.add(index);
			if (!isRefused(verdict) && !isAccepted(verdict)) evaluation.isSure = false;
		});
	});
	return { upTo: evaluation.isCut ? list.length : upTo, others, isSure: evaluation.isSure && !evaluation.isCut };
}

/** Visits the schema and those in it that apply to the same path and hold there. */
function forEachSchema(schema: unknown, evaluation: Evaluation, visit: (schema: JsonSchema) => void): void {
	if (!isJsonObject(schema) || evaluation.visited.has(schema)) return;
	if (evaluation.visited.size >= MAX_SCHEMAS) {
		evaluation.isCut = true;
		return;
	}
	const { value, path, validation } = evaluation;
	evaluation.visited.add(schema);
	const visitPart = (part: unknown) => forEachSchema(part, evaluation, visit);
	const visitIfMatching = (part: unknown): boolean | undefined => {
		const verdict = validation.apply(part, value, path, validation);
		if (isRefused(verdict)) return false;
		visitPart(part);
		if (isAccepted(verdict)) return true;
		evaluation.isSure = false;
		return undefined;
	};
	if (typeof schema.$ref === 'string') {
		visitPart(validation.targetOf(schema.$ref));
		if (isOlderDraft(validation.root)) return;
	}
	visit(schema);
	if (Array.isArray(schema.allOf)) schema.allOf.forEach(visitPart);
	for (const forms of [schema.anyOf, schema.oneOf]) if (Array.isArray(forms)) forms.forEach(visitIfMatching);
	if (schema.if !== undefined) {
		const holds = visitIfMatching(schema.if);
		if (holds !== false && schema.then !== undefined) visitPart(schema.then);
		if (holds !== true && schema.else !== undefined) visitPart(schema.else);
	}
	for (const map of [schema.dependentSchemas, schema.dependencies]) {
		if (!isJsonObject(map) || !isJsonObject(value)) continue;
		Object.keys(map)
			.filter((name) => Object.hasOwn(value, name))
			.forEach((name) => visitPart(map[name]));
	}
}
