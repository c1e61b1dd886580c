import { isJsonObject } from '../shared/json';
import { isAnnotation, isOlderDraft, type JsonSchema } from './jsonSchema';
import { checkList } from './listRules';
import { checkObject } from './objectRules';
import { Place, refused, Validation } from './validation';
import { checkLimits } from './valueRules';
import { ACCEPTED, all, isAccepted, isRefused, UNSURE, type ValidationError, type Verdict } from './verdict';

/** Nothing that a person fills in is nested deeper, and each level takes some of the stack. */
const DEEPEST = 300;

/** Keywords that `checkCombinations` and the rules for values, lists and objects know. */
const KNOWN = new Set([
	...['$ref', 'nullable', 'allOf', 'anyOf', 'oneOf', 'not', 'if', 'then', 'else', 'type', 'enum', 'const'],
	...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minLength', 'maxLength', 'pattern'],
	...['items', 'prefixItems', 'additionalItems', 'unevaluatedItems', 'contains', 'minContains', 'maxContains', 'minItems', 'maxItems', 'uniqueItems'],
	...['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties', 'propertyNames', 'required', 'dependencies', 'dependentRequired', 'dependentSchemas', 'minProperties', 'maxProperties'],
]);

/** What a check found. */
export interface Validated {
	errors: ValidationError[];
	/** Names of the inputs with a text whose pattern was left to the service, because it could take too long. */
	unchecked: string[];
}

/**
 * Checks a value against a schema in RunComfy's dialect. It reads only the parts of the schema that the value meets, and
 * refuses nothing that a part could accept which is not understood.
 */
export function validate(schema: JsonSchema, value: unknown): Validated {
	const validation = new Validation(schema, apply);
	const { errors } = apply(schema, value, new Place(), validation);
	return { errors, unchecked: [...validation.unchecked] };
}

/** Whether a value may fit a schema; a schema that makes no sense forbids nothing. */
export function isValid(schema: JsonSchema, value: unknown): boolean {
	return validate(schema, value).errors.length === 0;
}

function apply(schema: unknown, value: unknown, place: Place, validation: Validation): Verdict {
	if (schema === true) return ACCEPTED;
	if (schema === false) return refused('false', schema, value, place);
	if (!isJsonObject(schema) || place.depth > DEEPEST || !validation.takesStep()) return UNSURE;
	if (schema.nullable === true && value === null) return ACCEPTED;
	if (typeof schema.$ref === 'string' && isOlderDraft(validation.root)) return applyReference(schema.$ref, value, place, validation);
	return all([
		...(schema.$ref === undefined ? [] : [applyReference(schema.$ref, value, place, validation)]),
		checkLimits(schema, value, place, validation),
		...checkCombinations(schema, value, place, validation),
		Array.isArray(value) ? checkList(schema, value, place, validation) : isJsonObject(value) ? checkObject(schema, value, place, validation) : ACCEPTED,
		Object.keys(schema).every((keyword) => KNOWN.has(keyword) || isAnnotation(keyword)) ? ACCEPTED : UNSURE,
	]);
}

/** A reference into nowhere, or in a circle, says nothing. */
function applyReference(pointer: unknown, value: unknown, place: Place, validation: Validation): Verdict {
	if (typeof pointer !== 'string') return UNSURE;
	const target = validation.targetOf(pointer);
	const known = place.referred.get(target);
	if (known) return known;
	place.referred.set(target, UNSURE);
	const verdict = validation.apply(target, value, place, validation);
	place.referred.set(target, verdict);
	return verdict;
}

function checkCombinations(schema: JsonSchema, value: unknown, place: Place, validation: Validation): Verdict[] {
	const applied = (part: unknown) => validation.apply(part, value, place, validation);
	const verdicts: Verdict[] = [];
	if (schema.not !== undefined) verdicts.push(inverted(schema.not, applied(schema.not), value, place));
	if (schema.anyOf !== undefined) verdicts.push(oneOfForms('anyOf', schema.anyOf, applied, value, place, false));
	if (schema.allOf !== undefined) verdicts.push(Array.isArray(schema.allOf) ? all(schema.allOf.map(applied)) : UNSURE);
	if (schema.oneOf !== undefined) verdicts.push(oneOfForms('oneOf', schema.oneOf, applied, value, place, excludeEachOther(schema, validation)));
	if (schema.if !== undefined) verdicts.push(conditional(schema, applied));
	return verdicts;
}

function inverted(not: unknown, verdict: Verdict, value: unknown, place: Place): Verdict {
	if (isRefused(verdict)) return ACCEPTED;
	return isAccepted(verdict) ? refused('not', not, value, place) : UNSURE;
}

function oneOfForms(keyword: string, forms: unknown, applied: (form: unknown) => Verdict, given: unknown, place: Place, isExclusive: boolean): Verdict {
	if (!Array.isArray(forms) || forms.length === 0) return UNSURE;
	const verdicts = forms.map((form: unknown) => ({ form, verdict: applied(form) }));
	const fitting = verdicts.filter(({ verdict }) => !isRefused(verdict));
	const sure = fitting.filter(({ verdict }) => isAccepted(verdict));
	if (fitting.length === 0) {
		return refused(keyword, forms, given, place, { forms: verdicts.map(({ form, verdict }) => ({ form, errors: verdict.errors })) });
	}
	if (keyword === 'anyOf') return sure.length > 0 ? ACCEPTED : UNSURE;
	if (sure.length > 1) return isExclusive ? refused(keyword, forms, given, place, { forms: [] }) : UNSURE;
	return fitting.length === sure.length ? ACCEPTED : UNSURE;
}

/**
 * Forms of the input as a whole exclude each other, and so do bare rules, such as "one of these names". Forms that all
 * name a type are meant as "one of these types": a listed voice is a text as well, and a whole number a number.
 */
function excludeEachOther(schema: JsonSchema, validation: Validation): boolean {
	const namesKind = (form: unknown): boolean => {
		const target = isJsonObject(form) && typeof form.$ref === 'string' ? validation.targetOf(form.$ref) : form;
		return isJsonObject(target) && KINDS.some((keyword) => keyword in target);
	};
	return schema === validation.root || (Array.isArray(schema.oneOf) && !schema.oneOf.every(namesKind));
}

/** What a form tells of itself where it is one of several types. A reference to a reference is as good. */
const KINDS = ['type', 'enum', 'const', 'format', '$ref', 'allOf', 'anyOf', 'oneOf'];

/** Where it is unsure whether the condition holds, only what both ways refuse is refused. */
function conditional(schema: JsonSchema, applied: (part: unknown) => Verdict): Verdict {
	const condition = applied(schema.if);
	const then = () => (schema.then === undefined ? ACCEPTED : applied(schema.then));
	const otherwise = () => (schema.else === undefined ? ACCEPTED : applied(schema.else));
	if (isRefused(condition)) return otherwise();
	if (isAccepted(condition)) return then();
	const ways = [then(), otherwise()];
	if (ways.every(isAccepted)) return ACCEPTED;
	return ways.every(isRefused) ? (ways[0] ?? UNSURE) : UNSURE;
}
