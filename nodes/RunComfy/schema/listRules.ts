import { jsonKey } from '../shared/json';
import { evaluatedEntries } from './evaluatedParts';
import { entryRules, limitOf, type JsonSchema } from './jsonSchema';
import { NOTHING, refused, UNKNOWN, type Rule, type RuleMaker } from './rule';
import type { ValuePath, Validation } from './validation';
import { limitRule } from './valueRules';
import { ACCEPTED, both, isAccepted, isRefused, UNSURE, type Verdict } from './verdict';

/** Only one problem per input is reported, so checking stops after this many wrong entries. */
const MAX_WRONG_ENTRIES = 20;

/** The rules about a list. */
export const LIST_RULES: Record<string, RuleMaker> = {
	maxItems: (most) => limitRule('maxItems', most, (value, limit) => !Array.isArray(value) || value.length <= limit),
	minItems: (least) => limitRule('minItems', least, (value, limit) => !Array.isArray(value) || value.length >= limit),
	items: (_items, schema) => (schema.prefixItems === undefined ? forLists(schema, entriesRule(schema)) : NOTHING),
	prefixItems: (fixed, schema) => (Array.isArray(fixed) ? forLists(schema, entriesRule(schema)) : UNKNOWN),
	additionalItems: () => NOTHING,
	contains: (wanted, schema) => forLists(schema, containsRule(wanted, schema)),
	minContains: () => NOTHING,
	maxContains: () => NOTHING,
	uniqueItems: (isUnique, schema) =>
		isUnique === true
			? forLists(schema, (list, path) => (hasTwice(list) ? refused('uniqueItems', true, list, path) : ACCEPTED))
			: NOTHING,
	unevaluatedItems: (_rest, schema) => forLists(schema, restRule(schema)),
};

type ListRule = (list: unknown[], path: ValuePath, validation: Validation) => Verdict;

/** A list that is too long is refused without checking its entries. */
function forLists({ maxItems }: JsonSchema, check: ListRule): Rule {
	const most = limitOf(maxItems) ?? Infinity;
	return (value, path, validation) =>
		Array.isArray(value) && value.length <= most ? check(value, path, validation) : ACCEPTED;
}

function entriesRule(schema: JsonSchema): ListRule {
	const { fixed, rest } = entryRules(schema);
	return (list, path, validation) => {
		const end = rest === undefined ? Math.min(fixed.length, list.length) : list.length;
		return applyToEntries(list, 0, end, (index) => (index < fixed.length ? fixed[index] : rest), path, validation);
	};
}

function applyToEntries(
	list: unknown[],
	from: number,
	end: number,
	schemaAt: (index: number) => unknown,
	path: ValuePath,
	validation: Validation,
): Verdict {
	let verdict = ACCEPTED;
	let wrong = 0;
	for (let index = from; index < end && wrong < MAX_WRONG_ENTRIES; index += 1) {
		const found = validation.apply(schemaAt(index), list[index] ?? null, path.child(index), validation);
		if (isRefused(found)) wrong += 1;
		verdict = both(verdict, found);
	}
	return verdict;
}

function containsRule(wanted: unknown, { minContains, maxContains }: JsonSchema): ListRule {
	const least = limitOf(minContains) ?? 1;
	const most = limitOf(maxContains) ?? Infinity;
	return (list, path, validation) => {
		let [sure, possible] = [0, 0];
		list.forEach((entry, index) => {
			const verdict = validation.apply(wanted, entry ?? null, path.child(index), validation);
			if (!isRefused(verdict)) possible += 1;
			if (isAccepted(verdict)) sure += 1;
		});
		if (possible < least) return refused('contains', wanted, list, path);
		if (sure > most) return refused('maxContains', maxContains, list, path);
		return sure >= least && possible <= most ? ACCEPTED : UNSURE;
	};
}

/** The entries that no other keyword covers. */
function restRule(schema: JsonSchema): ListRule {
	return (list, path, validation) => {
		const { upTo, others, isSure } = evaluatedEntries(schema, list, path, validation);
		const schemaAt = (index: number) => (others.has(index) ? true : schema.unevaluatedItems);
		return both(isSure ? ACCEPTED : UNSURE, applyToEntries(list, upTo, list.length, schemaAt, path, validation));
	};
}

function hasTwice(list: unknown[]): boolean {
	const isStructured = (entry: unknown) => typeof entry === 'object' && entry !== null;
	const plain = list.filter((entry) => !isStructured(entry));
	if (new Set(plain).size < plain.length) return true;
	const structured = list.filter(isStructured);
	return new Set(structured.map(jsonKey)).size < structured.length;
}
