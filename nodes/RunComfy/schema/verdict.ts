/** One thing about a value that its schema surely refuses. */
export interface ValidationError {
	keyword: string;
	/** Where in the value: names of properties, and places in lists from 0. */
	path: string[];
	/** What the schema says under the keyword. */
	limit: unknown;
	/** The value at that place. */
	given: unknown;
	/** The name that is missing, with `required` and `dependentRequired`. */
	missing?: string;
	/** The name beside which it is missing, with `dependentRequired`. */
	beside?: string;
	/** With `anyOf` and `oneOf`: what each form refuses. Empty where several forms of a `oneOf` fit. */
	forms?: FormErrors[];
}

/** What one of several forms refuses about a value. */
export interface FormErrors {
	form: unknown;
	errors: ValidationError[];
}

/**
 * What a schema says of a value: refused where there are errors, else accepted, where that is sure. It is unsure where a
 * schema says something that is not checked here; `not` and its like must not take that for a yes.
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

/** Whether a value surely fits. */
export function isAccepted({ errors, isSure }: Verdict): boolean {
	return isSure && errors.length === 0;
}

/** The verdict of several rules that all have to hold. Most accept, and take no memory. */
export function both(one: Verdict, other: Verdict): Verdict {
	if (other === ACCEPTED || one === other) return one;
	if (one === ACCEPTED) return other;
	if (one.errors.length === 0 && other.errors.length === 0) return UNSURE;
	return { errors: [...one.errors, ...other.errors], isSure: one.isSure && other.isSure };
}

export function all(verdicts: Verdict[]): Verdict {
	return verdicts.reduce(both, ACCEPTED);
}
