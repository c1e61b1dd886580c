import { isWrittenExactly, parseExactJson } from '../shared/exactJson';
import { isJsonObject } from '../shared/json';
import { isBlank } from '../shared/text';
import { matchChoice, isChoice } from './matchChoice';
import type { ModelInput } from './modelInputs';
import { numberOf } from './numberText';
import { linesOf, MAX_ENTRIES } from './textEntries';
import { isValid } from './validator';
import { orList, formatValue, tooLargeText } from './formatValue';

/** A value that has the schema's type now, or the reason why it could not get it. */
export type Conversion = { value: unknown } | { problem: string };

/** What stands behind so many blanks is not looked for. */
const MAX_WORD_LENGTH = 1_000;

/** Of a longer address the beginning is judged. */
const MAX_URL_LENGTH = 10_000;

/** Whether a value counts as not set. Blanks alone are a value only where text is free and need not be given. */
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
 * Gives a value the type that the schema wants, where that can mean only one thing. Values made by n8n expressions
 * are often texts: `"241"` becomes 241, and a prompt `"2024"` stays text.
 */
export function convertValue(input: ModelInput, value: unknown): Conversion {
	if (input.isList) return convertList(input, value);
	const single = Array.isArray(value) && value.length === 1 && input.kind === 'media' ? value[0] : value;
	const conversion = convertSingle(input, single);
	// What the type was guessed from says nothing about values of another type.
	const isAllowed = input.isGuessed && !fits(conversion, input) && isValid(input.schema, value);
	return isAllowed ? { value } : conversion;
}

function fits(conversion: Conversion, { schema }: ModelInput): boolean {
	return 'value' in conversion && isValid(schema, conversion.value);
}

function convertList(input: ModelInput, value: unknown): Conversion {
	// A list whose schema says nothing of its entries, or something of each, may hold anything; only lines are split into texts.
	if (input.kind === 'text' && !hasOneKindOfEntry(input)) {
		const list = parsedFrom(value, '[');
		if (Array.isArray(list)) return { value: list.filter((entry) => !isUnset(entry)) };
		if (isJsonObject(list)) return { value: [list] };
	}
	const entries = listEntries(input, value);
	if (typeof value === 'string' && entries.length > MAX_ENTRIES)
		return { problem: `has more than ${MAX_ENTRIES} entries` };
	// Too many entries are not gone through one by one.
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

/** A list may be an array, the JSON text of one, one value a line, addresses with commas between them, or a single value. */
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

/** The fields of an object by their names, made once for all objects of a list. */
function byNameOf(fields: ModelInput[]): Map<string, ModelInput> {
	const made = fieldMaps.get(fields) ?? new Map(fields.map((field) => [field.name, field]));
	fieldMaps.set(fields, made);
	return made;
}

/** Converts what an object holds; what cannot be converted stays, and the validator tells what is wrong with it. */
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

/** Undefined where null stands for "not set" and the schema does not want to hear of it. */
function convertedField(field: ModelInput, value: unknown): unknown {
	if (value === null) return field.required || isValid(field.source, null) ? null : undefined;
	if (value === '' || value === undefined) return value;
	const conversion = convertValue(field, value);
	return 'value' in conversion ? conversion.value : value;
}

/**
 * JSON text that fits one of the forms is taken for it, and a value that fits one as it is stays so; otherwise the first
 * form that it can be turned into counts.
 */
function toForm(input: ModelInput, value: unknown): Conversion {
	const json = toJson(value);
	if (json !== value && input.forms.some((form) => fitsAsItIs(form, json))) return { value: json };
	if (input.forms.some((form) => fitsAsItIs(form, value))) return { value };
	for (const form of input.forms) {
		const conversion = convertValue(form, value);
		if ('value' in conversion && isValid(form.schema, conversion.value)) return conversion;
	}
	// The validator tells what is wrong inside of an object or a list.
	const isStructured = isJsonObject(json) || Array.isArray(json);
	const hasForm = input.forms.some((form) =>
		Array.isArray(json) ? form.isList : form.kind === 'json' && !form.isList,
	);
	if (isStructured && hasForm) return { value: json };
	return { problem: `must be ${[...new Set(input.forms.map(formText))].join(', or ')}, not ${formatValue(value)}` };
}

/** Addresses are not judged by the schema but by their conversion. */
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
	return { problem: `must be the URL of a file (https://...), not ${formatValue(value)}` };
}

/** An object or a list that is written as a text; anything else stays as it is. */
function toJson(value: unknown): unknown {
	if (typeof value !== 'string') return value;
	return parsedFrom(value, '[{');
}

/** What a text holds as JSON, when it begins so; else the value as it is. */
function parsedFrom(value: unknown, beginnings: string): unknown {
	if (typeof value !== 'string') return value;
	const [first = ' '] = value.slice(0, MAX_WORD_LENGTH).trimStart();
	return (beginnings.includes(first) ? parseExactJson(value) : undefined) ?? value;
}
