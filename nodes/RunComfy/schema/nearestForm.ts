import { isJsonObject } from '../shared/json';
import type { JsonSchema } from './jsonSchema';
import type { ValidationError } from './validator';

/** These only say that something below them is wrong, which has an entry of its own. */
const CONTAINERS = new Set(['properties', 'patternProperties', 'items', 'prefixItems', 'additionalProperties', '$ref', 'allOf', 'if', 'dependentSchemas']);

const FORMS = new Set(['anyOf', 'oneOf']);

/** What is said below these is about what must not be, or need not be. */
const CLOSED = new Set(['not', 'contains']);

/**
 * The errors that a person can act on: none about mere containers, and where a value may take several forms, those of
 * the form that it was meant to have. Where that cannot be told, the error about the forms themselves is left.
 *
 * @param formsAt the list of forms at the location of an `anyOf` or `oneOf`
 */
export function errorsToTell(errors: ValidationError[], formsAt: (keywordLocation: string) => unknown): ValidationError[] {
	const [outermost] = errors.filter(({ keyword }) => FORMS.has(keyword) || CLOSED.has(keyword)).sort((one, other) => one.keywordLocation.length - other.keywordLocation.length);
	if (outermost === undefined) return errors.filter(({ keyword }) => !CONTAINERS.has(keyword));
	const below = errors.filter((error) => error !== outermost && isBelow(error, outermost));
	const beside = errors.filter((error) => error !== outermost && !below.includes(error));
	const meant = FORMS.has(outermost.keyword) ? nearestForm(outermost, below, formsAt(outermost.keywordLocation)) : undefined;
	return [...(meant ? errorsToTell(meant, formsAt) : [outermost]), ...errorsToTell(beside, formsAt)];
}

function isBelow(error: ValidationError, { keywordLocation, instanceLocation }: ValidationError): boolean {
	const isInside = error.instanceLocation === instanceLocation || error.instanceLocation.startsWith(`${instanceLocation}/`);
	return isInside && error.keywordLocation.startsWith(`${keywordLocation}/`);
}

/** The errors of the form that a value was meant to have: the only one beside null, or the one of its kind with the fewest. */
function nearestForm(outer: ValidationError, below: ValidationError[], forms: unknown): ValidationError[] | undefined {
	if (!Array.isArray(forms)) return undefined;
	const perForm = forms
		.map((form: unknown, index) => ({ form, errors: below.filter((error) => error.keywordLocation.startsWith(`${outer.keywordLocation}/${index}/`)) }))
		.filter(({ form, errors }) => !isOnlyNull(form) && errors.length > 0);
	if (perForm.length === 1) return perForm[0]?.errors;
	const ofItsKind = perForm.map(({ errors }) => errors).filter((errors) => !errors.some((error) => isOfAnotherKind(error, outer)));
	// Forms that differ by what they require are told together: "a, or b".
	if (ofItsKind.length > 1 && ofItsKind.every((errors) => errors.every(({ keyword }) => keyword === 'required'))) return undefined;
	const [first, second] = ofItsKind.sort((one, other) => distance(one) - distance(other));
	return first !== undefined && second !== undefined && distance(first) === distance(second) ? undefined : first;
}

/** How far a value is from a form. What is missing counts more than what is wrong: its author had another form in mind. */
function distance(errors: ValidationError[]): number {
	const told = errors.filter(({ keyword }) => !CONTAINERS.has(keyword));
	return told.length + told.filter(({ keyword }) => keyword === 'required').length;
}

function isOnlyNull(form: unknown): boolean {
	const { type }: JsonSchema = isJsonObject(form) ? form : {};
	return (Array.isArray(type) ? type : [type]).every((name) => name === 'null');
}

/** Whether the type is wrong, or the word by which forms are told apart. */
function isOfAnotherKind({ keyword, instanceLocation }: ValidationError, outer: ValidationError): boolean {
	const isHere = instanceLocation === outer.instanceLocation;
	if (keyword === 'type') return isHere;
	const isOneBelow = instanceLocation.startsWith(`${outer.instanceLocation}/`) && !instanceLocation.slice(outer.instanceLocation.length + 1).includes('/');
	return (keyword === 'const' || keyword === 'enum') && (isHere || isOneBelow);
}
