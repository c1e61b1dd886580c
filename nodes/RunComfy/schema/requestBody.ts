import { NOTHING_SUBMITTED } from '../shared/charge';
import { bigintsIn, isWrittenExactly, withoutBigints } from '../shared/exactJson';
import { invalidInput } from '../shared/failure';
import { truncate } from '../shared/text';
import { convertValue, isUnset, listEntries } from './convertValue';
import type { ModelInput, ModelInputs } from './modelInputs';
import { validateInput, type InputProblem } from './validateInput';
import { tooLargeText } from './formatValue';

/** What the user entered, before conversion to the schema's types. */
export interface GivenInput {
	values: Record<string, unknown>;
	/** Where the values were entered: in the form, an empty text means "not set". */
	source: 'fields' | 'json';
}

/** A request body, and everything in it that the model would refuse. */
export interface RequestBody {
	body: Record<string, unknown>;
	problems: InputProblem[];
	/** About the schema and unchecked values, not about mistakes of the user. */
	warnings: string[];
}

/**
 * Builds the body of a submit: values of the schema's types, without what was not set. Defaults of the schema are never
 * added: RunComfy knows them, and those of prompts and media are samples.
 */
export function buildRequestBody(modelInputs: ModelInputs, given: GivenInput): RequestBody {
	const byName = new Map(modelInputs.inputs.map((input) => [input.name, input]));
	const problems: InputProblem[] = [];
	const body: Array<[string, unknown]> = [];

	for (const [name, value] of Object.entries(given.values)) {
		const input = byName.get(name);
		if (isLeftOut(value, input, given.source)) continue;
		const conversion = input ? convertValue(input, value) : { value };
		if ('problem' in conversion) {
			problems.push({ name, text: conversion.problem });
			body.push([name, value]);
		} else if (!isEmptyList(conversion.value, input) || (given.source === 'json' && isWrittenEmpty(value))) {
			body.push([name, conversion.value]);
		}
	}
	const present = new Set(body.map(([name]) => name));
	for (const input of modelInputs.inputs) {
		if (input.required && !present.has(input.name))
			problems.push({ name: input.name, text: 'is required, but empty' });
	}
	const converted = Object.fromEntries(body);
	const reported = new Set(problems.map((problem) => problem.name));
	const { problems: refused, unchecked } = validateInput(modelInputs, converted);
	const long = longIntegers(converted);
	problems.push(
		...[...refused, ...inexactIntegers(converted, long)].filter(
			({ name }) => !reported.has(name) && reported.add(name),
		),
	);
	const warnings = [
		...schemaWarnings(modelInputs, present),
		...unknownNames(modelInputs, present),
		...uncheckedPatterns(byName, unchecked),
	];
	return { body: withoutLongIntegers(converted, long), problems: inOrderOf(modelInputs, problems), warnings };
}

/**
 * Without a schema, what was not set is left out, and nothing else is changed.
 *
 * @throws RunComfyFailure `invalid_input` when a whole number would change if it were sent
 */
export function buildUncheckedBody(given: GivenInput): Record<string, unknown> {
	const body = Object.fromEntries(
		Object.entries(given.values).filter(([, value]) => !isLeftOut(value, undefined, given.source)),
	);
	const long = longIntegers(body);
	const [inexact] = inexactIntegers(body, long);
	if (inexact)
		throw invalidInput(
			`${truncate(inexact.name, MAX_NAME_LENGTH)} ${inexact.text}`,
			`Put it in quotes if it can be sent as text. ${NOTHING_SUBMITTED}`,
		);
	return withoutLongIntegers(body, long);
}

/** Bigints by the input that contains them: whole numbers that were read with all their digits. */
function longIntegers(body: Record<string, unknown>): Map<string, bigint[]> {
	const found = Object.entries(body).map(([name, value]) => [name, bigintsIn(value)] as const);
	return new Map(found.filter(([, numbers]) => numbers.length > 0));
}

/** Those that can't be sent exactly. */
function inexactIntegers(body: Record<string, unknown>, long: Map<string, bigint[]>): InputProblem[] {
	return [...long].flatMap(([name, numbers]) => {
		const inexact = numbers.find((number) => !isWrittenExactly(number));
		if (inexact === undefined) return [];
		return [
			{
				name,
				text:
					typeof body[name] === 'bigint'
						? tooLargeText(inexact)
						: `contains a whole number that ${tooLargeText(inexact)}`,
			},
		];
	});
}

function withoutLongIntegers(body: Record<string, unknown>, long: Map<string, bigint[]>): Record<string, unknown> {
	if (long.size === 0) return body;
	return Object.fromEntries(
		Object.entries(body).map(([name, value]) => [name, long.has(name) ? withoutBigints(value) : value]),
	);
}

/** Adds a value to an input: at the end of a list, or in place of a single value. */
export function withAddedValue(
	values: Record<string, unknown>,
	name: string,
	added: unknown,
	input: ModelInput | undefined,
): Record<string, unknown> {
	const present = values[name];
	if (input === undefined) return { ...values, [name]: Array.isArray(present) ? [...present, added] : added };
	const list = listForm(input);
	const isAlone = isUnset(present) && !input.isList && input.forms.some((form) => !form.isList);
	if (list === undefined || isAlone) return { ...values, [name]: added };
	return { ...values, [name]: [...(isUnset(present) ? [] : listEntries(list, present)), added] };
}

/** The list form of an input, if it has one. */
export function listForm(input: ModelInput): ModelInput | undefined {
	return input.isList ? input : input.forms.find(({ isList }) => isList);
}

/** An empty text counts only where it can be meant: as an optional plain text in JSON. */
export function isLeftOut(value: unknown, input: ModelInput | undefined, source: GivenInput['source']): boolean {
	if (value !== '') return isUnset(value, input);
	const isOptionalText = input === undefined || (input.kind === 'text' && !input.required && !input.isList);
	return source === 'fields' || !isOptionalText;
}

function isEmptyList(value: unknown, input: ModelInput | undefined): boolean {
	return input !== undefined && listForm(input) !== undefined && Array.isArray(value) && value.length === 0;
}

/** Whether a list was deliberately left empty, which only JSON can express. */
function isWrittenEmpty(value: unknown): boolean {
	return Array.isArray(value)
		? value.length === 0
		: typeof value === 'string' && /^\s*\[\s*\]/.test(value.slice(0, 1000));
}

function inOrderOf(modelInputs: ModelInputs, problems: InputProblem[]): InputProblem[] {
	const positions = new Map(modelInputs.inputs.map(({ name }, index) => [name, index]));
	const position = ({ name }: InputProblem) => positions.get(name) ?? positions.size;
	return [...problems].sort((a, b) => position(a) - position(b));
}

/** Patterns are external, and some would take years to reject a text. */
function uncheckedPatterns(byName: Map<string, ModelInput>, unchecked: string[]): string[] {
	return unchecked.map(
		(name) =>
			`The pattern of ${byName.get(name)?.title ?? truncate(name, MAX_NAME_LENGTH)} wasn't checked because that could take too long.`,
	);
}

/** JSON keys may be of any length. */
const MAX_NAME_LENGTH = 80;

/** A user may pass the whole body of a webhook as the input. */
const MAX_NAMED = 10;

/** RunComfy probably ignores unknown names, so a typing error would go unnoticed and be charged. */
function unknownNames(modelInputs: ModelInputs, present: Set<string>): string[] {
	const known = new Set([...modelInputs.inputs.map(({ name }) => name), ...modelInputs.undeclaredRequired]);
	const unknown = [...present].filter((name) => !known.has(name));
	const named = unknown
		.slice(0, MAX_NAMED)
		.map(
			(name) =>
				`The model has no input "${truncate(name, MAX_NAME_LENGTH)}". The node submits it anyway; check the spelling.`,
		);
	return unknown.length > MAX_NAMED
		? [
				...named,
				`The model has no inputs for ${unknown.length - MAX_NAMED} more names. The node submits them anyway.`,
			]
		: named;
}

function schemaWarnings(modelInputs: ModelInputs, present: Set<string>): string[] {
	return modelInputs.undeclaredRequired
		.filter((name) => !present.has(name))
		.map(
			(name) =>
				`The schema of this model requires "${name}" but doesn't describe it, so it wasn't checked. Set it in Additional Inputs if RunComfy requires it.`,
		);
}
