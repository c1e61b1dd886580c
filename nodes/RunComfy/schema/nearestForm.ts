import { isJsonObject } from '../shared/json';
import type { JsonSchema } from './jsonSchema';
import type { FormErrors, ValidationError } from './verdict';

/**
 * The errors that a user can act on: if a value may have several forms, those of the form that was probably meant. If
 * that is unclear, the error about the forms themselves is kept.
 */
export function errorsToReport(errors: ValidationError[]): ValidationError[] {
	return errors.flatMap((error) => {
		const meant = error.forms && nearestForm(error, error.forms);
		return meant ? errorsToReport(meant) : [error];
	});
}

/**
 * The errors of the form that was probably meant: the only one besides null, or the one of the same kind with the
 * fewest.
 */
function nearestForm(outer: ValidationError, forms: FormErrors[]): ValidationError[] | undefined {
	const perForm = forms.filter(({ form }) => !isOnlyNull(form));
	if (perForm.length === 1) return perForm[0]?.errors;
	const ofItsKind = perForm
		.map(({ errors }) => errors)
		.filter((errors) => !errors.some((error) => isOfAnotherKind(error, outer)));
	// Forms that differ only in what they require are reported together: "a, or b".
	if (ofItsKind.length > 1 && ofItsKind.every((errors) => errors.every(({ keyword }) => keyword === 'required')))
		return undefined;
	const [first, second] = ofItsKind.sort((one, other) => distance(one) - distance(other));
	return first !== undefined && second !== undefined && distance(first) === distance(second) ? undefined : first;
}

/**
 * How far a value is from a form. Missing properties count more than wrong ones: they suggest that another form was
 * meant.
 */
function distance(errors: ValidationError[]): number {
	return errors.length + errors.filter(({ keyword }) => keyword === 'required').length;
}

function isOnlyNull(form: unknown): boolean {
	const { type }: JsonSchema = isJsonObject(form) ? form : {};
	return (Array.isArray(type) ? type : [type]).every((name) => name === 'null');
}

/** Whether the type is wrong, or the discriminating value. */
function isOfAnotherKind({ keyword, path }: ValidationError, outer: ValidationError): boolean {
	const below = path.length - outer.path.length;
	if (keyword === 'type') return below === 0;
	return (keyword === 'const' || keyword === 'enum') && below <= 1;
}
