import { isWrittenExactly } from '../shared/exactJson';
import { isJsonObject, isSameJson } from '../shared/json';
import { limitOf, standardType, type JsonSchema } from './jsonSchema';
import { isMultipleOf } from './multipleOf';
import { NOTHING, refused, UNKNOWN, type Rule, type RuleMaker } from './rule';
import { ACCEPTED, UNSURE } from './verdict';

/** The rules about a value itself; those about its parts are in `listRules` and `objectRules`. */
export const VALUE_RULES: Record<string, RuleMaker> = {
	type: (type, schema) => typeRule(type, schema),
	const: (only) => (value, path) => (isSameJson(only, value) ? ACCEPTED : refused('const', only, value, path)),
	enum: (choices) => (Array.isArray(choices) ? enumRule(choices) : UNKNOWN),
	minimum: numberRule('minimum', (value, limit) => value >= limit),
	maximum: numberRule('maximum', (value, limit) => value <= limit),
	// In older drafts, the exclusive limits are booleans next to the limits.
	exclusiveMinimum: (limit, schema) =>
		exclusive(
			limit,
			schema.minimum,
			numberRule('exclusiveMinimum', (value, lowest) => value > lowest),
			schema,
		),
	exclusiveMaximum: (limit, schema) =>
		exclusive(
			limit,
			schema.maximum,
			numberRule('exclusiveMaximum', (value, highest) => value < highest),
			schema,
		),
	multipleOf: numberRule('multipleOf', (value, limit) => limit <= 0 || isMultipleOf(value, limit)),
	minLength: textRule('minLength', (value, limit) => hasLength(value, limit)),
	maxLength: textRule('maxLength', (value, limit) => !hasLength(value, Math.floor(limit) + 1)),
	pattern: (pattern) => (typeof pattern === 'string' ? patternRule(pattern) : UNKNOWN),
};

const STANDARD_TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

function typeRule(type: unknown, { enum: choices }: JsonSchema): Rule {
	const types = (Array.isArray(type) ? type : [type]).map(standardType);
	if (types.length === 0 || !types.every((name): name is string => STANDARD_TYPES.has(String(name)))) return UNKNOWN;
	// If the choices contradict the type, the choices count.
	const isAgainstEnum =
		Array.isArray(choices) &&
		choices.length > 0 &&
		!choices.some((choice) => types.some((name) => isOfType(choice, name)));
	if (isAgainstEnum) return UNKNOWN;
	const expected = types.length === 1 ? types[0] : types;
	return (value, path) => {
		if (!types.some((name) => isOfType(value, name))) return refused('type', expected, value, path);
		return isExact(value, types) ? ACCEPTED : refused('exact', expected, value, path);
	};
}

/** A whole number that JavaScript can't hold exactly may have been rounded; a bigint has kept its digits. */
function isExact(value: unknown, types: string[]): boolean {
	if (typeof value === 'bigint') return isWrittenExactly(value);
	return typeof value !== 'number' || types.includes('number') || Number.isSafeInteger(value);
}

function isOfType(value: unknown, type: string): boolean {
	switch (type) {
		case 'array':
			return Array.isArray(value);
		case 'integer':
			return typeof value === 'bigint' || Number.isInteger(value);
		case 'null':
			return value === null;
		case 'object':
			return isJsonObject(value);
		case 'number':
			// JSON has no infinite numbers; null would be sent.
			return typeof value === 'bigint' || Number.isFinite(value);
		default:
			return typeof value === type;
	}
}

function enumRule(choices: unknown[]): Rule {
	const plain = new Set(choices);
	const structured = choices.filter((choice) => typeof choice === 'object' && choice !== null);
	const isChoice = (value: unknown) => plain.has(value) || structured.some((choice) => isSameJson(choice, value));
	return (value, path) => (isChoice(value) ? ACCEPTED : refused('enum', choices, value, path));
}

function exclusive(limit: unknown, inclusive: unknown, make: RuleMaker, schema: JsonSchema): Rule {
	if (limit === false) return NOTHING;
	return make(limit === true ? inclusive : limit, schema);
}

/** A limit that isn't a number forbids nothing. */
export function limitRule(keyword: string, given: unknown, isKept: (value: unknown, limit: number) => boolean): Rule {
	const limit = limitOf(given);
	if (limit === undefined) return UNKNOWN;
	return (value, path) => (isKept(value, limit) ? ACCEPTED : refused(keyword, limit, value, path));
}

function numberRule(keyword: string, isKept: (value: number, limit: number) => boolean): RuleMaker {
	return (given) =>
		limitRule(
			keyword,
			given,
			(value, limit) => (typeof value !== 'number' && typeof value !== 'bigint') || isKept(Number(value), limit),
		);
}

function textRule(keyword: string, isKept: (value: string, limit: number) => boolean): RuleMaker {
	return (given) => limitRule(keyword, given, (value, limit) => typeof value !== 'string' || isKept(value, limit));
}

function patternRule(pattern: string): Rule {
	return (value, path, validation) => {
		if (typeof value !== 'string') return ACCEPTED;
		const isMatch = validation.matches(pattern, value, path);
		if (isMatch === undefined) return UNSURE;
		return isMatch ? ACCEPTED : refused('pattern', pattern, value, path);
	};
}

/**
 * Whether a text has at least this many characters. A character takes one or two code units, so counting is rarely
 * needed.
 */
function hasLength(text: string, length: number): boolean {
	if (text.length < length) return false;
	let missing = length;
	for (let at = 0; missing > 0 && at < text.length; missing -= 1) {
		if (text.length - at >= 2 * missing) return true;
		at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
	}
	return missing <= 0;
}
