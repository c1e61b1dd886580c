import { isJsonObject } from '../shared/json';
import { orList, shown } from './convertValue';
import { requiredOf, type JsonSchema } from './jsonSchema';
import type { ModelInputs } from './modelInputs';
import { errorsToTell } from './nearestForm';
import { resolvePointer, unescapePointer } from './simplifySchema';
import { toValidatorSchema, validationErrors, type ValidationError } from './validator';

/** One thing that the model would refuse. */
export interface InputProblem {
	/** RunComfy's name of the input; empty when it is about the input as a whole. */
	name: string;
	/** Goes on after the input's title, such as `has to be at most 10, not 12`. */
	text: string;
	/** Whether it is about a file and not about what was entered. */
	isMedia?: boolean;
	/** Whether a look at the file found it: that can be wrong, and can be switched off. */
	isSeen?: boolean;
}

/** Checks a request body against the model's schema, after the conversions. One problem for each input. */
export function validateInput(inputs: ModelInputs, body: Record<string, unknown>): InputProblem[] {
	const whole = toValidatorSchema(inputs.schema);
	const errors = validationErrors(whole, body);
	const titleOf = (name: string) => inputs.inputs.find((input) => input.name === name)?.title ?? name;
	if (errors) return uniqueProblems(errors, { schema: whole, body, titleOf });
	// The schema breaks the validator somewhere: what is sound of it still counts, input by input.
	return inputs.inputs
		.filter(({ name }) => Object.hasOwn(body, name))
		.flatMap(({ name, source }) => {
			const part = toValidatorSchema({ ...inputs.schema, properties: { [name]: source }, required: [] });
			const value = { [name]: body[name] };
			return uniqueProblems(validationErrors(part, value) ?? [], { schema: part, body: value, titleOf });
		});
}

const MOST_ENTRIES = 20;

/** What an error is told with. */
interface Validated {
	/** As the validator has it. */
	schema: JsonSchema;
	body: unknown;
	titleOf: (name: string) => string;
}

function uniqueProblems(errors: ValidationError[], validated: Validated): InputProblem[] {
	const problems = new Map<string, InputProblem>();
	for (const error of errorsToTell(ofFirstEntries(errors), (location) => schemaAt(validated.schema, location))) {
		const problem = toProblem(error, validated);
		if (!problems.has(problem.name)) problems.set(problem.name, problem);
	}
	return [...problems.values()];
}

/** One problem is told of each input: a list of thousands of wrong entries is not gone through for it. */
function ofFirstEntries(errors: ValidationError[]): ValidationError[] {
	const entries = new Map<string, Set<string>>();
	return errors.filter(({ instanceLocation }) => {
		const [name = '', entry] = pointerParts(instanceLocation);
		if (entry === undefined) return true;
		const known = entries.get(name) ?? new Set();
		entries.set(name, known);
		if (known.size < MOST_ENTRIES) known.add(entry);
		return known.has(entry);
	});
}

function toProblem(error: ValidationError, { schema, body, titleOf }: Validated): InputProblem {
	const [name, ...inner] = pointerParts(error.instanceLocation);
	if (error.keyword === 'required') {
		const missing = /"([^"]+)"/.exec(error.error)?.[1] ?? '';
		if (name === undefined) return { name: missing, text: 'is required and empty' };
		return { name, text: `${placeText(inner)}needs "${missing}"` };
	}
	if (error.keyword === 'dependentRequired') {
		const [present = '', missing = ''] = [...error.error.matchAll(/"([^"]+)"/g)].map(([, found]) => found ?? '');
		if (name === undefined) return { name: present, text: `can only be given together with ${titleOf(missing)}, which is empty` };
		return { name, text: `${placeText(inner)}needs "${missing}" beside "${present}"` };
	}
	const limit = schemaAt(schema, error.keywordLocation);
	if (name === undefined) return { name: '', text: wholeText(error, limit, titleOf) };
	const needs = requirementsOf(limit).map((names) => names.map((entry) => `"${entry}"`).join(' and '));
	if (needs.length > 0) return { name, text: `${placeText(inner)}needs ${needs.join(', or ')}` };
	return { name, text: `${placeText(inner)}${sentence(error.keyword, limit, at(body, [name, ...inner]))}` };
}

/** About the input as a whole: which fields would do, where the schema tells by names. */
function wholeText({ keyword, error }: ValidationError, limit: unknown, titleOf: (name: string) => string): string {
	if (keyword === 'not' && isJsonObject(limit)) {
		const names = requiredOf(limit).map(titleOf);
		if (names.length > 1) return `The model does not take ${names.join(' and ')} together: leave one of them empty`;
	}
	const needs = requirementsOf(limit).map((names) => names.map(titleOf).join(' and '));
	if (needs.length === 0) return 'The fields do not go together as this model wants them';
	const isTooMuch = keyword === 'oneOf' && !error.includes('(0 matches)');
	return isTooMuch ? `The model takes only one of these: ${needs.join(', or ')}. Leave the others empty` : `The model needs ${needs.join(', or ')}`;
}

/** What each of several forms requires; nothing where they differ by something else too. */
function requirementsOf(forms: unknown): string[][] {
	const required = (Array.isArray(forms) ? forms : []).filter(isJsonObject).map(requiredOf);
	return required.filter((names) => names.length > 0);
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
		.map(unescapePointer);
}

/** What stands at a place in a schema; the way there leads through references. */
function schemaAt(schema: JsonSchema, location: string): unknown {
	return pointerParts(location).reduce<unknown>((value, key) => {
		const isReference = key === '$ref' && isJsonObject(value) && typeof value.$ref === 'string';
		return isReference ? resolvePointer(String(value.$ref), schema) : at(value, [key]);
	}, schema);
}

function at(root: unknown, path: string[]): unknown {
	return path.reduce<unknown>((value, key) => {
		if (Array.isArray(value)) return value[Number(key)] as unknown;
		return isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
	}, root);
}
