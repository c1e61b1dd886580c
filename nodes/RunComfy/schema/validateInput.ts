import { Validator, type OutputUnit } from '../../../vendor/jsonSchemaValidator';
import { isJsonObject } from '../shared/json';
import { orList, shown } from './convertValue';
import type { JsonSchema } from './jsonSchema';
import type { ModelInputs } from './modelInputs';
import { toValidatorSchema } from './validatorSchema';

/** One thing that the model would refuse. */
export interface InputProblem {
	/** RunComfy's name of the input. */
	name: string;
	/** Goes on after the input's title, such as `has to be at most 10, not 12`. */
	text: string;
}

/** These only say that something below them is wrong, which has an entry of its own. */
const CONTAINERS = new Set(['properties', 'items', 'prefixItems', 'additionalProperties', '$ref', 'allOf', 'if']);

/** Checks a request body against the model's schema, after the conversions. */
export function validateInput(inputs: ModelInputs, body: Record<string, unknown>): InputProblem[] {
	const schema = toValidatorSchema(inputs.schema);
	const errors = validatorErrors(schema, body);
	const problems = new Map<string, InputProblem>();
	for (const error of errors) {
		const problem = toProblem(error, schema, body);
		if (problem && !problems.has(problem.name)) problems.set(problem.name, problem);
	}
	return [...problems.values()];
}

/** A published schema can be so wrong that the validator throws; the service then has the last word. */
function validatorErrors(schema: JsonSchema, body: Record<string, unknown>): OutputUnit[] {
	try {
		return new Validator(schema, '2020-12', false).validate(body).errors;
	} catch {
		return [];
	}
}

function toProblem(error: OutputUnit, schema: unknown, body: unknown): InputProblem | undefined {
	if (CONTAINERS.has(error.keyword)) return undefined;
	const path = pointerParts(error.instanceLocation);
	const limit = at(schema, pointerParts(error.keywordLocation));
	const given = at(body, path);
	if (error.keyword === 'required') {
		// Missing inputs of the model itself are told by the request body, which knows what was left empty.
		const name = /"([^"]+)"/.exec(error.error)?.[1];
		return path[0] === undefined ? undefined : { name: path[0], text: `lacks "${name ?? 'a part'}"` };
	}
	if (path[0] === undefined) return undefined;
	return { name: path[0], text: sentence(error.keyword, limit, given) };
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
			return `needs at least ${String(limit)} entries and has ${entries(given)}`;
		case 'maxItems':
			return `may have at most ${String(limit)} entries and has ${entries(given)}`;
		case 'uniqueItems':
			return 'may not hold the same entry twice';
		case 'enum':
			return `has to be ${orList(Array.isArray(limit) ? limit : [])}${not}`;
		case 'const':
			return `has to be ${shown(limit)}${not}`;
		case 'type':
			return `has to be of the type ${(Array.isArray(limit) ? limit : [limit]).join(' or ')}${not}`;
		default:
			return `does not fit what the model accepts: ${shown(given)}`;
	}
}

function characters(value: unknown): number {
	return typeof value === 'string' ? [...value].length : 0;
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
