import { isJsonObject } from '../shared/json';
import type { JsonSchema } from './jsonSchema';
import { NOTHING, refused, UNKNOWN, type Rule, type RuleMaker } from './rule';
import type { Validation } from './validation';
import { ACCEPTED, both, isAccepted, isRefused, UNSURE, type Verdict } from './verdict';

/** The rules that apply other schemas to the same value. */
export const COMBINATION_RULES: Record<string, RuleMaker> = {
	$ref: (pointer) => (typeof pointer === 'string' ? reference(pointer) : UNKNOWN),
	not: (schema) => (value, path, validation) => {
		const verdict = validation.apply(schema, value, path, validation);
		if (isRefused(verdict)) return ACCEPTED;
		return isAccepted(verdict) ? refused('not', schema, value, path) : UNSURE;
	},
	anyOf: (forms) => (Array.isArray(forms) && forms.length > 0 ? severalForms('anyOf', forms, () => false) : UNKNOWN),
	allOf: (parts) => {
		if (!Array.isArray(parts)) return UNKNOWN;
		return (value, path, validation) =>
			parts.reduce<Verdict>(
				(verdict, part) => both(verdict, validation.apply(part, value, path, validation)),
				ACCEPTED,
			);
	},
	oneOf: (forms, schema) =>
		Array.isArray(forms) && forms.length > 0
			? severalForms('oneOf', forms, (validation) => excludeEachOther(forms, schema, validation))
			: UNKNOWN,
	if: (_condition, schema) => conditional(schema),
	then: () => NOTHING,
	else: () => NOTHING,
};

/** A dangling or circular reference forbids nothing. */
function reference(pointer: string): Rule {
	return (value, path, validation) => {
		const target = validation.targetOf(pointer);
		const known = path.verdicts.get(target);
		if (known) return known;
		path.verdicts.set(target, UNSURE);
		const verdict = validation.apply(target, value, path, validation);
		path.verdicts.set(target, verdict);
		return verdict;
	};
}

function severalForms(keyword: string, forms: unknown[], areExclusive: (validation: Validation) => boolean): Rule {
	return (value, path, validation) => {
		const verdicts = forms.map((form) => validation.apply(form, value, path, validation));
		const fitting = verdicts.filter((verdict) => !isRefused(verdict));
		const sure = fitting.filter(isAccepted);
		if (fitting.length === 0) {
			return refused(keyword, forms, value, path, {
				forms: verdicts.map(({ errors }, index) => ({ form: forms[index], errors })),
			});
		}
		if (keyword === 'anyOf') return sure.length > 0 ? ACCEPTED : UNSURE;
		if (sure.length > 1)
			return areExclusive(validation) ? refused(keyword, forms, value, path, { forms: [] }) : UNSURE;
		return fitting.length === sure.length ? ACCEPTED : UNSURE;
	};
}

/** Keywords by which a form states its type. A reference to a reference counts too. */
const KINDS = ['type', 'enum', 'const', 'format', '$ref', 'allOf', 'anyOf', 'oneOf'];

/**
 * Forms of the whole input exclude each other, and so do bare rules, such as "one of these names". Forms that all name
 * a type mean "one of these types": a listed voice is also a text, and an integer also a number.
 */
function excludeEachOther(forms: unknown[], schema: JsonSchema, validation: Validation): boolean {
	const namesKind = (form: unknown): boolean => {
		const target = isJsonObject(form) && typeof form.$ref === 'string' ? validation.targetOf(form.$ref) : form;
		return isJsonObject(target) && KINDS.some((keyword) => keyword in target);
	};
	return schema === validation.root || !forms.every(namesKind);
}

/** If it is unsure whether the condition holds, only what both branches refuse is refused. */
function conditional(schema: JsonSchema): Rule {
	return (value, path, validation) => {
		const applied = (part: unknown) =>
			part === undefined ? ACCEPTED : validation.apply(part, value, path, validation);
		const condition = applied(schema.if);
		if (isRefused(condition)) return applied(schema.else);
		const then = applied(schema.then);
		if (isAccepted(condition)) return then;
		const otherwise = applied(schema.else);
		if (isAccepted(then) && isAccepted(otherwise)) return ACCEPTED;
		return isRefused(then) && isRefused(otherwise) ? then : UNSURE;
	};
}
