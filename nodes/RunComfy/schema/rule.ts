import type { JsonSchema } from './jsonSchema';
import type { ValuePath, Validation } from './validation';
import { ACCEPTED, UNSURE, type ValidationError, type Verdict } from './verdict';

/** Checks a value against one keyword of a schema. */
export type Rule = (value: unknown, path: ValuePath, validation: Validation) => Verdict;

/** Creates the rule for a keyword of a schema. It is created once per schema, however many values there are. */
export type RuleMaker = (limit: unknown, schema: JsonSchema) => Rule;

/** A keyword with an invalid value may mean anything. */
export const UNKNOWN: Rule = () => UNSURE;
/** A keyword that only affects another one. */
export const NOTHING: Rule = () => ACCEPTED;

/** A verdict with one error. */
export function refused(
	keyword: string,
	limit: unknown,
	given: unknown,
	path: ValuePath,
	more: Partial<ValidationError> = {},
): Verdict {
	return { errors: [{ keyword, path: path.segments, limit, given, ...more }], isSure: true };
}
