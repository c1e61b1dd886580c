import { convertValue, isUnset, listEntries } from './convertValue';
import type { ModelInput, ModelInputs } from './modelInputs';
import { validateInput, type InputProblem } from './validateInput';

/** What the user entered, before it has the schema's types. */
export interface GivenInput {
	values: Record<string, unknown>;
	/** Where the values stand in the editor: in the form an empty text means "not set". */
	source: 'fields' | 'json';
}

/** A request body, and everything that the model would refuse about it. */
export interface RequestBody {
	body: Record<string, unknown>;
	problems: InputProblem[];
	/** About the schema itself, nothing that the user did. */
	warnings: string[];
}

/**
 * Makes the body of a submit: values of the schema's types, and nothing that was not set. Defaults of the schema are
 * never added here: RunComfy knows them, and those of prompts and media are samples.
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
		} else if (!isEmptyOptionalList(conversion.value, input)) {
			body.push([name, conversion.value]);
		}
	}
	const present = new Set(body.map(([name]) => name));
	for (const input of modelInputs.inputs) {
		if (input.required && !present.has(input.name)) problems.push({ name: input.name, text: 'is required and empty' });
	}
	const result = Object.fromEntries(body);
	const told = new Set(problems.map((problem) => problem.name));
	problems.push(...validateInput(modelInputs, result).filter((problem) => !told.has(problem.name)));
	const warnings = [...schemaWarnings(modelInputs, present), ...unknownNames(modelInputs, present)];
	return { body: result, problems: inOrderOf(modelInputs, problems), warnings };
}

/** Without a schema all that can be done is to leave out what was not set. */
export function buildUncheckedBody(given: GivenInput): Record<string, unknown> {
	return Object.fromEntries(Object.entries(given.values).filter(([, value]) => !isLeftOut(value, undefined, given.source)));
}

/** Puts a value to those that an input has already: at the end of a list, in the place of a single one. */
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

/** The form of an input that takes several values, where it has one. */
export function listForm(input: ModelInput): ModelInput | undefined {
	return input.isList ? input : input.forms.find(({ isList }) => isList);
}

/** An empty text counts only where it can be meant: as an optional plain text in JSON. */
function isLeftOut(value: unknown, input: ModelInput | undefined, source: GivenInput['source']): boolean {
	if (value !== '') return isUnset(value, input);
	const isOptionalText = input === undefined || (input.kind === 'text' && !input.required && !input.isList);
	return source === 'fields' || !isOptionalText;
}

function isEmptyOptionalList(value: unknown, input: ModelInput | undefined): boolean {
	return input?.isList === true && Array.isArray(value) && value.length === 0;
}

function inOrderOf(modelInputs: ModelInputs, problems: InputProblem[]): InputProblem[] {
	const order = modelInputs.inputs.map((input) => input.name);
	const place = (problem: InputProblem) => {
		const index = order.indexOf(problem.name);
		return index === -1 ? order.length : index;
	};
	return [...problems].sort((a, b) => place(a) - place(b));
}

/** RunComfy ignores names that it does not know, as far as is known: a slip of the pen would go unnoticed and be paid. */
function unknownNames(modelInputs: ModelInputs, present: Set<string>): string[] {
	const known = new Set([...modelInputs.inputs.map(({ name }) => name), ...modelInputs.undeclaredRequired]);
	return [...present]
		.filter((name) => !known.has(name))
		.map((name) => `The model has no input "${name}". It was sent as it is; check how it is spelled.`);
}

function schemaWarnings(modelInputs: ModelInputs, present: Set<string>): string[] {
	return modelInputs.undeclaredRequired
		.filter((name) => !present.has(name))
		.map(
			(name) =>
				`The schema of this model requires "${name}" but does not describe it. It was not checked; set it in Additional Inputs if RunComfy asks for it.`,
		);
}
