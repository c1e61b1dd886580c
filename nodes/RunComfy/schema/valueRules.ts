import { isWrittenExactly } from '../shared/exactJson';
import { isJsonObject, isSameJson } from '../shared/json';
import { limitOf, standardType, type JsonSchema } from './jsonSchema';
import { isMultipleOf } from './multipleOf';
import { refused, type Place, type Validation } from './validation';
import { ACCEPTED, all, UNSURE, type Verdict } from './verdict';

const STANDARD_TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null']);

/** The rules about a value itself; those about its parts are in `listRules` and `objectRules`. */
export function checkLimits(schema: JsonSchema, value: unknown, place: Place, validation: Validation): Verdict {
	return all([
		schema.type === undefined ? ACCEPTED : checkType(schema, value, place),
		'const' in schema && !isSameJson(schema.const, value) ? refused('const', schema.const, value, place) : ACCEPTED,
		schema.enum === undefined ? ACCEPTED : checkEnum(schema.enum, value, place),
		...(typeof value === 'number' || typeof value === 'bigint' ? checkNumber(schema, Number(value), place) : []),
		...(typeof value === 'string' ? checkText(schema, value, place, validation) : []),
	]);
}

function checkType({ type, enum: choices }: JsonSchema, value: unknown, place: Place): Verdict {
	const types = (Array.isArray(type) ? type : [type]).map(standardType);
	if (types.length === 0 || !types.every((name): name is string => STANDARD_TYPES.has(String(name)))) return UNSURE;
	if (types.some((name) => isOfType(value, name))) {
		return isExact(value, types) ? ACCEPTED : refused('exact', type, value, place);
	}
	// Where a list of choices and the type exclude each other, the choices count.
	const isAgainstEnum = Array.isArray(choices) && choices.length > 0 && !choices.some((choice) => types.some((name) => isOfType(choice, name)));
	return isAgainstEnum ? UNSURE : refused('type', types.length === 1 ? types[0] : types, value, place);
}

/** A whole number that JavaScript cannot hold exactly may have been another one; a bigint has kept its digits. */
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
			return typeof value === 'bigint' || typeof value === 'number';
		default:
			return typeof value === type;
	}
}

function checkEnum(choices: unknown, value: unknown, place: Place): Verdict {
	if (!Array.isArray(choices)) return UNSURE;
	return choices.some((choice) => isSameJson(choice, value)) ? ACCEPTED : refused('enum', choices, value, place);
}

function checkNumber(schema: JsonSchema, value: number, place: Place): Verdict[] {
	// In older drafts the exclusive limits are switches beside the limits.
	const lowest = schema.exclusiveMinimum === true ? schema.minimum : schema.exclusiveMinimum;
	const highest = schema.exclusiveMaximum === true ? schema.maximum : schema.exclusiveMaximum;
	return [
		limited('minimum', schema.minimum, value, place, (limit) => value >= limit),
		limited('maximum', schema.maximum, value, place, (limit) => value <= limit),
		limited('exclusiveMinimum', lowest === false ? undefined : lowest, value, place, (limit) => value > limit),
		limited('exclusiveMaximum', highest === false ? undefined : highest, value, place, (limit) => value < limit),
		limited('multipleOf', schema.multipleOf, value, place, (limit) => limit <= 0 || isMultipleOf(value, limit)),
	];
}

function checkText(schema: JsonSchema, value: string, place: Place, validation: Validation): Verdict[] {
	const isMatch = typeof schema.pattern === 'string' ? validation.matches(schema.pattern, value, place) : undefined;
	return [
		limited('minLength', schema.minLength, value, place, (limit) => hasLength(value, limit)),
		limited('maxLength', schema.maxLength, value, place, (limit) => !hasLength(value, Math.floor(limit) + 1)),
		schema.pattern === undefined || isMatch === true ? ACCEPTED : isMatch === false ? refused('pattern', schema.pattern, value, place) : UNSURE,
	];
}

/** Whether a text has so many characters. A character is one or two units of a text, so most are not counted. */
function hasLength(text: string, length: number): boolean {
	if (text.length < length) return false;
	let missing = length;
	for (let at = 0; missing > 0 && at < text.length; missing -= 1) {
		if (text.length - at >= 2 * missing) return true;
		at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
	}
	return missing <= 0;
}

/** A limit that is no number says nothing. */
export function limited(keyword: string, given: unknown, value: unknown, place: Place, isKept: (limit: number) => boolean): Verdict {
	if (given === undefined) return ACCEPTED;
	const limit = limitOf(given);
	if (limit === undefined) return UNSURE;
	return isKept(limit) ? ACCEPTED : refused(keyword, limit, value, place);
}
