import { isJsonObject } from '../shared/json';
import { orList, shown } from './convertValue';
import type { ModelInputs } from './modelInputs';
import { toValidatorSchema, validationErrors, type ValidationError } from './validator';

/** One thing that the model would refuse. */
export interface InputProblem {
	/** RunComfy's name of the input; empty when it is about the input as a whole. */
	name: string;
	/** Goes on after the input's title, such as `has to be at most 10, not 12`. */
	text: string;
	/** Whether it is about a file and not about what was entered. */
	isMedia?: boolean;
}

/** These only say that something below them is wrong, which has an entry of its own. */
const CONTAINERS = new Set(['properties', 'patternProperties', 'items', 'prefixItems', 'additionalProperties', '$ref', 'allOf', 'if', 'dependentSchemas']);

/** Of these, what is said below them is about forms that need not apply. */
const ALTERNATIVES = new Set(['anyOf', 'oneOf', 'not', 'contains']);

/** Checks a request body against the model's schema, after the conversions. One problem for each input. */
export function validateInput(inputs: ModelInputs, body: Record<string, unknown>): InputProblem[] {
	const whole = toValidatorSchema(inputs.schema);
	const errors = validationErrors(whole, body);
	if (errors) return uniqueProblems(errors, whole, body);
	// The schema breaks the validator somewhere: what is sound of it still counts, input by input.
	return inputs.inputs
		.filter(({ name }) => Object.hasOwn(body, name))
		.flatMap(({ name, source }) => {
			const part = toValidatorSchema({ ...inputs.schema, properties: { [name]: source }, required: [] });
			const value = { [name]: body[name] };
			return uniqueProblems(validationErrors(part, value) ?? [], part, value);
		});
}

function uniqueProblems(errors: ValidationError[], schema: unknown, body: unknown): InputProblem[] {
	const alternatives = errors.filter(({ keyword }) => ALTERNATIVES.has(keyword)).map(({ keywordLocation }) => keywordLocation);
	const problems = new Map<string, InputProblem>();
	for (const error of errors) {
		const isBelowAlternative = alternatives.some((place) => error.keywordLocation.startsWith(`${place}/`));
		if (CONTAINERS.has(error.keyword) || isBelowAlternative) continue;
		const problem = toProblem(error, schema, body);
		if (!problems.has(problem.name)) problems.set(problem.name, problem);
	}
	return [...problems.values()];
}

function toProblem(error: ValidationError, schema: unknown, body: unknown): InputProblem {
	const [name, ...inner] = pointerParts(error.instanceLocation);
	if (error.keyword === 'required') {
		const missing = /"([^"]+)"/.exec(error.error)?.[1] ?? '';
		if (name === undefined) return { name: missing, text: 'is required and empty' };
		return { name, text: `${placeText(inner)}needs "${missing}"` };
	}
	const limit = at(schema, pointerParts(error.keywordLocation));
	if (name === undefined) return { name: '', text: wholeText(limit) };
	return { name, text: `${placeText(inner)}${sentence(error.keyword, limit, at(body, [name, ...inner]))}` };
}

/** About the input as a whole: which fields would do, where the schema tells by names. */
function wholeText(limit: unknown): string {
	const alternatives = (Array.isArray(limit) ? limit : []).filter(isJsonObject).map(({ required }) => required);
	const named = alternatives.filter((names): names is string[] => Array.isArray(names) && names.length > 0);
	if (named.length === 0) return 'The fields do not go together as this model wants them';
	return `The model needs ${named.map((names) => names.join(' and ')).join(', or ')}`;
}

/** Where inside a structured input: `in entry 2, "scale" `. */
function placeText(path: string[]): string {
	if (path.length === 0) return '';
	const parts = path.map((part) => (/^\d+$/.test(part) ? `entry ${Number(part) + 1}` : `"${part}"`));
	return `in ${parts.join(', ')} `;
}

function sentence(keyword: string, limit: unknown, given: unknown): string {
	const not = `, not ${shown(given)}`;
	switch (keyword) {
		case 'minimum':
			return `has to be at least ${String(limit)}${not}`;
		case 'maximum':
			return `has to be at most ${String(limit)}${not}`;
		case 'exclusiveMinimum':
			return `has to be more than ${String(limit)}${not}`;
		case 'exclusiveMaximum':
			return `has to be less than ${String(limit)}${not}`;
		case 'multipleOf':
			return `has to be a multiple of ${String(limit)}${not}`;
		case 'minLength':
			return `needs at least ${String(limit)} characters and has ${characters(given)}`;
		case 'maxLength':
			return `may have at most ${String(limit)} characters and has ${characters(given)}`;
		case 'minItems':
			return `needs at least ${entriesText(limit)} and has ${entries(given)}`;
		case 'maxItems':
			return `may have at most ${entriesText(limit)} and has ${entries(given)}`;
		case 'uniqueItems':
			return 'may not hold the same entry twice';
		case 'enum':
			return `has to be ${orList(Array.isArray(limit) ? limit : [])}${not}`;
		case 'const':
			return `has to be ${shown(limit)}${not}`;
		case 'type':
			return `has to be ${typesText(limit)}${not}`;
		case 'pattern':
			return `has to match the pattern ${shown(limit)}${not}`;
		case 'false':
			return 'is not an input of this model';
		default:
			return `does not fit what the model accepts: ${shown(given)}`;
	}
}

const TYPE_WORDS: Record<string, string> = {
	array: 'a list',
	boolean: 'true or false',
	integer: 'a whole number',
	null: 'nothing',
	number: 'a number',
	object: 'a JSON object',
	string: 'a text',
};

function typesText(types: unknown): string {
	if (types === undefined) return 'of another kind';
	return (Array.isArray(types) ? types : [types]).map((type) => TYPE_WORDS[String(type)] ?? String(type)).join(' or ');
}

function characters(value: unknown): number {
	return typeof value === 'string' ? [...value].length : 0;
}

function entriesText(limit: unknown): string {
	return limit === 1 ? 'one entry' : `${String(limit)} entries`;
}

function entries(value: unknown): number {
	return Array.isArray(value) ? value.length : 0;
}

function pointerParts(pointer: string): string[] {
	return pointer
		.replace(/^#\/?/, '')
		.split('/')
		.filter((part) => part !== '')
		.map((part) => part.replace(/~1/g, '/').replace(/~0/g, '~'));
}

function at(root: unknown, path: string[]): unknown {
	return path.reduce<unknown>((value, key) => {
		if (Array.isArray(value)) return value[Number(key)] as unknown;
		return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
	}, root);
}
