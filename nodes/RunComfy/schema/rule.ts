import type { JsonSchema } from './jsonSchema';
import type { ValuePath, Validation } from './validation';
import { ACCEPTED, UNSURE, type ValidationError, type Verdict } from './verdict';

/** Checks a value by one keyword of a schema. */
export type Rule = (value: unknown, path: ValuePath, validation: Validation) => Verdict;

/** Makes the rule of what a schema says under a keyword. It is made once for each schema, however many values there are. */
export type RuleMaker = (limit: unknown, schema: JsonSchema) => Rule;

/** A keyword with the wrong kind of value may mean anything. */
export const UNKNOWN: Rule = () => UNSURE;
/** A keyword that counts only beside another one. */
export const NOTHING: Rule = () => ACCEPTED;

/** An error, as a verdict. */
export function refused(
	keyword: string,
	limit: unknown,
	given: unknown,
	path: ValuePath,
	more: Partial<ValidationError> = {},
): Verdict {
	return { errors: [{ keyword, path: path.segments, limit, given, ...more }], isSure: true };
}
