import { isJsonObject } from '../shared/json';
import { COMBINATION_RULES } from './combinationRules';
import { isAnnotation, isOlderDraft, type JsonSchema } from './jsonSchema';
import { LIST_RULES } from './listRules';
import { OBJECT_RULES } from './objectRules';
import { refused, UNKNOWN, type Rule, type RuleMaker } from './rule';
import { ValuePath, Validation } from './validation';
import { VALUE_RULES } from './valueRules';
import { ACCEPTED, both, UNSURE, type ValidationError, type Verdict } from './verdict';

/** The outcome of a check. */
export interface Validated {
	errors: ValidationError[];
	/** Names of the inputs whose pattern was not checked because it could take too long. */
	unchecked: string[];
}

/**
 * Checks a value against a schema in RunComfy's dialect. It reads only the parts of the schema that apply to the value,
 * and refuses nothing that an unknown keyword could make valid.
 */
export function validate(schema: JsonSchema, value: unknown): Validated {
	const validation = new Validation(schema, apply);
	const { errors } = apply(schema, value, new ValuePath(), validation);
	return { errors, unchecked: [...validation.unchecked] };
}

/** Whether a value may fit a schema; an invalid schema forbids nothing. */
export function isValid(schema: JsonSchema, value: unknown): boolean {
	return validate(schema, value).errors.length === 0;
}

/** All supported keywords, in the order in which errors are reported. */
const RULES: Array<[string, RuleMaker]> = Object.entries({
	...VALUE_RULES,
	...COMBINATION_RULES,
	...LIST_RULES,
	...OBJECT_RULES,
});
const KEYWORDS = new Set(['nullable', ...RULES.map(([keyword]) => keyword)]);

function apply(schema: unknown, value: unknown, path: ValuePath, validation: Validation): Verdict {
	if (schema === true) return ACCEPTED;
	if (schema === false) return refused('false', schema, value, path);
	if (!isJsonObject(schema)) return UNSURE;
	if (schema.nullable === true && value === null) return ACCEPTED;
	const rules =
		typeof schema.$ref === 'string' && isOlderDraft(validation.root)
			? rulesOf({ $ref: schema.$ref })
			: rulesOf(schema);
	return validation.oneDeeper(() => {
		let verdict = ACCEPTED;
		for (const rule of rules) verdict = both(verdict, rule(value, path, validation));
		return verdict;
	});
}

const known = new WeakMap<JsonSchema, Rule[]>();

function rulesOf(schema: JsonSchema): Rule[] {
	const made = known.get(schema);
	if (made) return made;
	const rules = RULES.filter(([keyword]) => schema[keyword] !== undefined && Object.hasOwn(schema, keyword)).map(
		([keyword, make]) => make(schema[keyword], schema),
	);
	const isUnderstood = Object.keys(schema).every((keyword) => KEYWORDS.has(keyword) || isAnnotation(keyword));
	const complete = isUnderstood ? rules : [...rules, UNKNOWN];
	known.set(schema, complete);
	return complete;
}
