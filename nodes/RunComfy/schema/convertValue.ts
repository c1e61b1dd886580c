import { isWrittenExactly, parseExactJson } from '../shared/exactJson';
import { isJsonObject } from '../shared/json';
import { isBlank } from '../shared/text';
import { matchChoice, isChoice } from './matchChoice';
import type { ModelInput } from './modelInputs';
import { numberOf } from './numberText';
import { linesOf, MAX_ENTRIES } from './textEntries';
import { isValid } from './validator';
import { orList, formatValue, tooLargeText } from './formatValue';

/** A value of the schema's type, or why it couldn't be converted. */
export type Conversion = { value: unknown } | { problem: string };

/** Longer texts are not searched for a word. Characters. */
const MAX_WORD_LENGTH = 1_000;

/** Only the beginning of a longer URL is checked. Characters. */
const MAX_URL_LENGTH = 10_000;

/** Whether a value counts as not set. Blanks alone are a value only for optional free text. */
export function isUnset(value: unknown, input?: ModelInput): boolean {
	if (typeof value === 'string') return value === '' || (isBlank(value) && !allowsBlanks(value, input));
	if (Array.isArray(value) && input?.kind === 'media' && !input.isList)
		return value.every((entry) => isUnset(entry, input));
	return value === null || value === undefined;
}

function allowsBlanks(value: string, input: ModelInput | undefined): boolean {
	if (input === undefined || isChoice(input.choices, value)) return true;
	return (input.kind === 'text' || input.kind === 'union') && (input.isList || !input.required);
}

/**
 * Converts a value to the schema's type, if that is unambiguous. Results of n8n expressions are often texts: `"241"`
 * becomes 241, but a prompt `"2024"` stays text.
 */
export function convertValue(input: ModelInput, value: unknown): Conversion {
	if (input.isList) return convertList(input, value);
	const single = Array.isArray(value) && value.length === 1 && input.kind === 'media' ? value[0] : value;
	const conversion = convertSingle(input, single);
	// The guessed type doesn't rule out values of another type.
	const isAllowed = input.isGuessed && !fits(conversion, input) && isValid(input.schema, value);
	return isAllowed ? { value } : conversion;
}

function fits(conversion: Conversion, { schema }: ModelInput): boolean {
	return 'value' in conversion && isValid(schema, conversion.value);
}

function convertList(input: ModelInput, value: unknown): Conversion {
	// A list whose schema leaves its entries open, or describes each of them, may contain anything, so no lines are split.
	if (input.kind === 'text' && !hasOneKindOfEntry(input)) {
		const list = parsedFrom(value, '[');
		if (Array.isArray(list)) return { value: list.filter((entry) => !isUnset(entry)) };
		if (isJsonObject(list)) return { value: [list] };
	}
	const entries = listEntries(input, value);
	if (typeof value === 'string' && entries.length > MAX_ENTRIES)
		return { problem: `has more than ${MAX_ENTRIES} entries` };
	// Too many entries are not converted one by one.
	if (input.maxItems !== undefined && entries.length > input.maxItems) return { value: entries };
	const converted = entries.map((entry) => (entry === null ? { value: null } : convertSingle(input, entry)));
	const problem = converted.find((entry) => 'problem' in entry);
	return problem ?? { value: converted.map((entry) => ('value' in entry ? entry.value : undefined)) };
}

function hasOneKindOfEntry({ schema }: ModelInput): boolean {
	return isJsonObject(schema.items) && Object.keys(schema.items).length > 0;
}

function allowsNullEntries({ schema }: ModelInput): boolean {
	const items = isJsonObject(schema.items) ? schema.items : {};
	return items.nullable === true || (Array.isArray(items.type) && items.type.includes('null'));
}

/** A list may be an array, the JSON of one, one value per line, URLs separated by commas, or a single value. */
export function listEntries(input: ModelInput, value: unknown): unknown[] {
	if (Array.isArray(value)) return allowsNullEntries(input) ? value : value.filter((entry) => !isUnset(entry, input));
	if (typeof value !== 'string') return [value];
	const parsed = parsedFrom(value, '[');
	if (Array.isArray(parsed)) return parsed.filter((entry) => !isUnset(entry, input));
	return input.kind === 'json' ? [value] : linesOf(value);
}

function convertSingle(input: ModelInput, value: unknown): Conversion {
	switch (input.kind) {
		case 'text':
			return toText(value);
		case 'choice':
			return toChoice(input, value);
		case 'integer':
		case 'number':
			return toNumber(input, value);
		case 'boolean':
			return toBoolean(value);
		case 'media':
			return toMediaUrl(value, input.media?.isDeclared !== false);
		case 'union':
			return toForm(input, value);
		case 'json':
			return { value: withFields(input, toJson(value)) };
	}
}

const fieldMaps = new WeakMap<ModelInput[], Map<string, ModelInput>>();

/** The fields of an object by name, created once for all objects of a list. */
function byNameOf(fields: ModelInput[]): Map<string, ModelInput> {
	const made = fieldMaps.get(fields) ?? new Map(fields.map((field) => [field.name, field]));
	fieldMaps.set(fields, made);
	return made;
}

/** Converts the properties of an object. What can't be converted stays, and the validator reports it. */
function withFields({ fields }: ModelInput, value: unknown): unknown {
	if (!isJsonObject(value) || fields.length === 0) return value;
	const byName = byNameOf(fields);
	const changed = new Map<string, unknown>();
	for (const name of Object.keys(value)) {
		const field = byName.get(name);
		const converted = field === undefined ? value[name] : convertedField(field, value[name]);
		if (converted !== value[name]) changed.set(name, converted);
	}
	if (changed.size === 0) return value;
	const entries = Object.entries(value).map(
		([name, entry]) => [name, changed.has(name) ? changed.get(name) : entry] as const,
	);
	return Object.fromEntries(entries.filter(([, entry]) => entry !== undefined));
}

/** Undefined when null means "not set" and the schema doesn't allow null. */
function convertedField(field: ModelInput, value: unknown): unknown {
	if (value === null) return field.required || isValid(field.source, null) ? null : undefined;
	if (value === '' || value === undefined) return value;
	const conversion = convertValue(field, value);
	return 'value' in conversion ? conversion.value : value;
}

/**
 * JSON text that fits one of the forms is parsed, and a value that already fits one stays as it is; otherwise the first
 * form that it can be converted to counts.
 */
function toForm(input: ModelInput, value: unknown): Conversion {
	const json = toJson(value);
	if (json !== value && input.forms.some((form) => fitsAsItIs(form, json))) return { value: json };
	if (input.forms.some((form) => fitsAsItIs(form, value))) return { value };
	for (const form of input.forms) {
		const conversion = convertValue(form, value);
		if ('value' in conversion && isValid(form.schema, conversion.value)) return conversion;
	}
	// The validator reports what is wrong inside an object or a list.
	const isStructured = isJsonObject(json) || Array.isArray(json);
	const hasForm = input.forms.some((form) =>
		Array.isArray(json) ? form.isList : form.kind === 'json' && !form.isList,
	);
	if (isStructured && hasForm) return { value: json };
	return { problem: `must be ${[...new Set(input.forms.map(formText))].join(', or ')}, not ${formatValue(value)}` };
}

/** URLs are checked by their conversion and not by the schema. */
function fitsAsItIs(form: ModelInput, value: unknown): boolean {
	return isValid(form.schema, value) && (form.media === undefined || 'value' in convertValue(form, value));
}

/** A form of a union in words. */
function formText(form: ModelInput): string {
	if (form.isList) return 'a list';
	switch (form.kind) {
		case 'media':
			return 'the URL of a file (https://...)';
		case 'choice':
			return orList(form.choices);
		case 'integer':
		case 'number':
			return `a ${form.kind === 'integer' ? 'whole ' : ''}number${rangeText(form)}`;
		case 'boolean':
			return 'true or false';
		case 'json':
			return 'a JSON object';
		default:
			return 'text';
	}
}

function rangeText({ minimum, maximum }: ModelInput): string {
	if (minimum !== undefined && maximum !== undefined) return ` from ${minimum} to ${maximum}`;
	if (minimum !== undefined) return ` of at least ${minimum}`;
	return maximum === undefined ? '' : ` of at most ${maximum}`;
}

function toText(value: unknown): Conversion {
	if (typeof value === 'string') return { value };
	if (['number', 'boolean', 'bigint'].includes(typeof value)) return { value: String(value) };
	return { problem: `must be text, not ${formatValue(value)}` };
}

function toChoice({ choices }: ModelInput, value: unknown): Conversion {
	if (isChoice(choices, value)) return { value };
	const match = isJsonObject(value) || Array.isArray(value) ? undefined : matchChoice(choices, String(value));
	return match === undefined
		? { problem: `must be ${orList(choices)}, not ${formatValue(value)}` }
		: { value: match };
}

function toNumber(input: ModelInput, value: unknown): Conversion {
	const isInteger = input.kind === 'integer';
	const number = typeof value === 'string' ? numberOf(value) : value;
	if (typeof number === 'bigint') return toLongInteger(input, number);
	if (typeof number !== 'number' || !Number.isFinite(number))
		return { problem: `must be a ${isInteger ? 'whole ' : ''}number, not ${formatValue(value)}` };
	if (isInteger && !Number.isInteger(number)) {
		return { problem: `must be a whole number, not ${formatValue(value)}` };
	}
	// It may have been another number before it became one of JavaScript's.
	if (isInteger && !Number.isSafeInteger(number)) {
		const advice = input.exactRange === undefined ? '' : '. Enter it as text, in quotes';
		return { problem: `${tooLargeText(value)}${advice}` };
	}
	return { value: number };
}

function toLongInteger({ exactRange }: ModelInput, value: bigint): Conversion {
	if (exactRange === undefined) return isWrittenExactly(value) ? { value } : { problem: tooLargeText(value) };
	const { minimum, maximum } = exactRange;
	if (value > maximum) return { problem: `must be at most ${maximum}, not ${value}` };
	return value < minimum ? { problem: `must be at least ${minimum}, not ${value}` } : { value };
}

function toBoolean(value: unknown): Conversion {
	if (typeof value === 'boolean') return { value };
	const word =
		typeof value === 'string'
			? /^\s*(true|false)\s*$/i.exec(value.slice(0, MAX_WORD_LENGTH))?.[1]?.toLowerCase()
			: undefined;
	if (word !== undefined) return { value: word === 'true' };
	return { problem: `must be true or false, not ${formatValue(value)}` };
}

function toMediaUrl(value: unknown, isCertain: boolean): Conversion {
	if (!isCertain && typeof value === 'string' && !/^\s*(https?|data):/i.test(value)) return { value };
	const url = typeof value === 'string' ? value.trim() : '';
	if (/^data:[^,]*,./is.test(url.slice(0, MAX_URL_LENGTH))) return { value: url };
	if (/^https?:\/\/[^\s/]/i.test(url) && URL.canParse(url.slice(0, MAX_URL_LENGTH))) return { value: url };
	return { problem: `must be the URL of a file (https://...) or sent with Binary Inputs, not ${formatValue(value)}` };
}

/** Parses an object or a list that is written as text; anything else stays as it is. */
function toJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	return parsedFrom(value, '[{');
}

/** Parses a text that begins with one of these characters; otherwise returns the value as it is. */
function parsedFrom(value: unknown, beginnings: string): unknown {
	if (typeof value !== 'string') return value;
	const [first = ' '] = value.slice(0, MAX_WORD_LENGTH).trimStart();
	return (beginnings.includes(first) ? parseExactJson(value) : undefined) ?? value;
}
