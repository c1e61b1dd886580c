/** One reason why a schema certainly refuses a value. */
export interface ValidationError {
	keyword: string;
	/** Where in the value: names of properties, and indexes in lists from 0. */
	path: string[];
	/** The value of the keyword in the schema. */
	limit: unknown;
	/** The value at that path. */
	given: unknown;
	/** With `required` and `dependentRequired`: the missing name. */
	missing?: string;
	/** With `dependentRequired`: the name that requires it. */
	beside?: string;
	/** With `anyOf` and `oneOf`: what each form refuses. Empty when several forms of a `oneOf` match. */
	forms?: FormErrors[];
}

/** Why one of several forms refuses a value. */
export interface FormErrors {
	form: unknown;
	errors: ValidationError[];
}

/**
 * What a schema says about a value: refused if there are errors, otherwise accepted if that is sure. It is unsure if
 * the schema contains something that isn't checked here; `not` and similar keywords must not treat that as a yes.
 */
export interface Verdict {
	errors: ValidationError[];
	isSure: boolean;
}

export const ACCEPTED: Verdict = { errors: [], isSure: true };
export const UNSURE: Verdict = { errors: [], isSure: false };

export function isRefused({ errors }: Verdict): boolean {
	return errors.length > 0;
}

/** Whether a value certainly fits. */
export function isAccepted({ errors, isSure }: Verdict): boolean {
	return isSure && errors.length === 0;
}

/** The verdict of two rules that both must hold. Most rules accept, so no new object is created then. */
export function both(one: Verdict, other: Verdict): Verdict {
	if (other === ACCEPTED || one === other) return one;
	if (one === ACCEPTED) return other;
	if (one.errors.length === 0 && other.errors.length === 0) return UNSURE;
	return { errors: [...one.errors, ...other.errors], isSure: one.isSure && other.isSure };
}

export function all(verdicts: Verdict[]): Verdict {
	return verdicts.reduce(both, ACCEPTED);
}
