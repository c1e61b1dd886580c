import { jsonKey } from '../shared/json';
import { evaluatedEntries } from './evaluatedParts';
import { entryRules, limitOf, type JsonSchema } from './jsonSchema';
import { refused, type Place, type Validation } from './validation';
import { limited } from './valueRules';
import { ACCEPTED, all, isAccepted, isRefused, UNSURE, type Verdict } from './verdict';

/** One problem is told of each input: a list of thousands of wrong entries is not gone through for it. */
const MOST_WRONG_ENTRIES = 20;

/** The rules about a list. Where it is too long or too short, its entries are not looked at. */
export function checkList(schema: JsonSchema, list: unknown[], place: Place, validation: Validation): Verdict {
	const size = all([
		limited('maxItems', schema.maxItems, list, place, (limit) => list.length <= limit),
		limited('minItems', schema.minItems, list, place, (limit) => list.length >= limit),
	]);
	if (isRefused(size)) return size;
	return all([
		size,
		checkEntries(schema, list, place, validation),
		schema.contains === undefined ? ACCEPTED : checkContains(schema, list, place, validation),
		schema.unevaluatedItems === undefined ? ACCEPTED : checkRest(schema, list, place, validation),
		schema.uniqueItems === true && hasTwice(list) ? refused('uniqueItems', true, list, place) : ACCEPTED,
	]);
}

function checkEntries(schema: JsonSchema, list: unknown[], place: Place, validation: Validation): Verdict {
	const { fixed, rest } = entryRules(schema);
	const isMisread = schema.prefixItems !== undefined && !Array.isArray(schema.prefixItems);
	const end = rest === undefined ? Math.min(fixed.length, list.length) : list.length;
	return all([isMisread ? UNSURE : ACCEPTED, applyToEntries(list, 0, end, (index) => (index < fixed.length ? fixed[index] : rest), place, validation)]);
}

function applyToEntries(list: unknown[], from: number, end: number, schemaAt: (index: number) => unknown, place: Place, validation: Validation): Verdict {
	const found: Verdict[] = [];
	let wrong = 0;
	let isSure = true;
	for (let index = from; index < end && wrong < MOST_WRONG_ENTRIES; index += 1) {
		const verdict = validation.apply(schemaAt(index), list[index] ?? null, place.below(index), validation);
		isSure &&= verdict.isSure;
		if (!isRefused(verdict)) continue;
		wrong += 1;
		found.push(verdict);
	}
	return all([isSure ? ACCEPTED : UNSURE, ...found]);
}

function checkContains(schema: JsonSchema, list: unknown[], place: Place, validation: Validation): Verdict {
	const least = limitOf(schema.minContains) ?? 1;
	const most = limitOf(schema.maxContains) ?? Infinity;
	let [sure, possible] = [0, 0];
	list.forEach((entry, index) => {
		const verdict = validation.apply(schema.contains, entry ?? null, place.below(index), validation);
		if (!isRefused(verdict)) possible += 1;
		if (isAccepted(verdict)) sure += 1;
	});
	if (possible < least) return refused('contains', schema.contains, list, place);
	if (sure > most) return refused('maxContains', schema.maxContains, list, place);
	return sure >= least && possible <= most ? ACCEPTED : UNSURE;
}

/** The entries of which no other keyword says anything. */
function checkRest(schema: JsonSchema, list: unknown[], place: Place, validation: Validation): Verdict {
	const { upTo, others, isSure } = evaluatedEntries(schema, list, place, validation);
	const schemaAt = (index: number) => (others.has(index) ? true : schema.unevaluatedItems);
	return all([isSure ? ACCEPTED : UNSURE, applyToEntries(list, upTo, list.length, schemaAt, place, validation)]);
}

function hasTwice(list: unknown[]): boolean {
	const isStructured = (entry: unknown) => typeof entry === 'object' && entry !== null;
	const plain = list.filter((entry) => !isStructured(entry));
	if (new Set(plain).size < plain.length) return true;
	const structured = list.filter(isStructured);
	return new Set(structured.map(jsonKey)).size < structured.length;
}
