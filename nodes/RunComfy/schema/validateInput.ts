import { isJsonObject } from '../shared/json';
import { truncate } from '../shared/text';
import { requiredOf } from './jsonSchema';
import type { ModelInputs } from './modelInputs';
import { errorsToReport } from './nearestForm';
import { characterCount, orList, formatValue, tooLargeText } from './formatValue';
import { validate } from './validator';
import type { ValidationError } from './verdict';

/** One thing that the model would refuse. */
export interface InputProblem {
	/** RunComfy's name of the input; empty when it is about the input as a whole. */
	name: string;
	/** Continues the input's title, such as `must be at most 10, not 12`. */
	text: string;
	/** Whether it is about a file and not about what was entered. */
	isMedia?: boolean;
	/** Whether probing the file found it: that can be wrong, and can be turned off. */
	isFromProbe?: boolean;
}

/** The outcome of checking a request body. */
export interface InputCheck {
	/** At most one per input. */
	problems: InputProblem[];
	/** Names of the inputs whose pattern was not checked because it could take too long. */
	unchecked: string[];
}

/** Checks a converted request body against the model's schema. */
export function validateInput(inputs: ModelInputs, body: Record<string, unknown>): InputCheck {
	const { errors, unchecked } = validate(inputs.schema, body);
	const titles = new Map(inputs.inputs.map(({ name, title }) => [name, title]));
	const problems = new Map<string, InputProblem>();
	for (const error of errorsToReport(errors)) {
		const problem = toProblem(error, (name) => titles.get(name) ?? name);
		if (!problems.has(problem.name)) problems.set(problem.name, problem);
	}
	return { problems: [...problems.values()], unchecked };
}

/** JSON keys may be of any length. */
const MAX_NAME_LENGTH = 80;

function toProblem(error: ValidationError, titleOf: (name: string) => string): InputProblem {
	const [name, ...inner] = error.path;
	const { missing, beside } = error;
	if (missing !== undefined && beside !== undefined) {
		if (name === undefined)
			return { name: beside, text: `can only be set together with ${titleOf(missing)}, which is empty` };
		return { name, text: `${pathText(inner)}requires "${missing}" when "${beside}" is set` };
	}
	if (missing !== undefined) {
		if (name === undefined) return { name: missing, text: 'is required, but empty' };
		return { name, text: `${pathText(inner)}requires "${missing}"` };
	}
	if (name === undefined) return { name: '', text: wholeText(error, titleOf) };
	const needs = requirementsOf(error).map((names) =>
		names.map((entry) => `"${truncate(entry, MAX_NAME_LENGTH)}"`).join(' and '),
	);
	if (needs.length > 0)
		return {
			name,
			text: `${pathText(inner)}${isTooMuch(error) ? 'accepts only one of' : 'requires'} ${needs.join(', or ')}`,
		};
	return { name, text: `${pathText(inner)}${sentence(error)}` };
}

/** About the whole input: which fields are needed, if the schema names them. */
function wholeText(error: ValidationError, titleOf: (name: string) => string): string {
	if (error.keyword === 'not' && isJsonObject(error.limit)) {
		const names = requiredOf(error.limit).map(titleOf);
		if (names.length > 1)
			return `The model doesn't accept ${names.join(' and ')} together. Leave one of them empty`;
	}
	const needs = requirementsOf(error).map((names) => names.map(titleOf).join(' and '));
	if (needs.length === 0) return "The model doesn't accept this combination of fields";
	return isTooMuch(error)
		? `The model accepts only one of these: ${needs.join(', or ')}. Leave the others empty`
		: `The model requires ${needs.join(', or ')}`;
}

/** Whether several forms match that exclude each other. */
function isTooMuch({ forms }: ValidationError): boolean {
	return forms?.length === 0;
}

/** What each of several forms requires. */
function requirementsOf({ forms, limit }: ValidationError): string[][] {
	const required = (forms !== undefined && Array.isArray(limit) ? limit : []).filter(isJsonObject).map(requiredOf);
	return required.filter((names) => names.length > 0);
}

/** Where inside a structured input: `in entry 2, "scale" `. */
function pathText(path: string[]): string {
	if (path.length === 0) return '';
	const parts = path.map((part) =>
		/^\d+$/.test(part) ? `entry ${Number(part) + 1}` : `"${truncate(part, MAX_NAME_LENGTH)}"`,
	);
	return `in ${parts.join(', ')} `;
}

function sentence(error: ValidationError): string {
	const { keyword, limit, given } = error;
	const not = `, not ${formatValue(given)}`;
	switch (keyword) {
		case 'minimum':
			return `must be at least ${String(limit)}${not}`;
		case 'maximum':
			return `must be at most ${String(limit)}${not}`;
		case 'exclusiveMinimum':
			return `must be more than ${String(limit)}${not}`;
		case 'exclusiveMaximum':
			return `must be less than ${String(limit)}${not}`;
		case 'multipleOf':
			return `must be a multiple of ${String(limit)}${not}`;
		case 'minLength':
			return `must have at least ${String(limit)} characters, but has ${characterCount(given)}`;
		case 'maxLength':
			return `must have at most ${String(limit)} characters, but has ${characterCount(given)}`;
		case 'minItems':
			return `must have at least ${entriesText(limit)}, but has ${entries(given)}`;
		case 'maxItems':
			return `must have at most ${entriesText(limit)}, but has ${entries(given)}`;
		case 'uniqueItems':
			return "can't contain the same entry twice";
		case 'enum':
			return `must be ${orList(Array.isArray(limit) ? limit : [])}${not}`;
		case 'const':
			return `must be ${formatValue(limit)}${not}`;
		case 'type':
			return `must be ${typesText(limit)}${not}`;
		case 'pattern':
			return `must match the pattern ${formatValue(limit)}${not}`;
		case 'exact':
			return tooLargeText(given);
		case 'oneOf':
			if (isTooMuch(error))
				return `matches several options, but the model accepts only one: ${formatValue(given)}`;
			return `isn't a value that the model accepts: ${formatValue(given)}`;
		case 'false':
			return "isn't an input of this model";
		default:
			return `isn't a value that the model accepts: ${formatValue(given)}`;
	}
}

const TYPE_WORDS: Record<string, string> = {
	array: 'a list',
	boolean: 'true or false',
	integer: 'a whole number',
	null: 'null',
	number: 'a number',
	object: 'a JSON object',
	string: 'text',
};

function typesText(types: unknown): string {
	if (types === undefined) return 'of another type';
	return (Array.isArray(types) ? types : [types])
		.map((type) => TYPE_WORDS[String(type)] ?? String(type))
		.join(' or ');
}

function entriesText(limit: unknown): string {
	return limit === 1 ? 'one entry' : `${String(limit)} entries`;
}

function entries(value: unknown): number {
	return Array.isArray(value) ? value.length : 0;
}
