import type { ResourceMapperField } from 'n8n-workflow';

import { choiceLabel, inputLabel } from '../schema/inputHints';
import { typeOf } from '../schema/jsonSchema';
import type { ModelInput } from '../schema/modelInputs';
import { isValid } from '../schema/validator';

/** One input of a model or a workflow as a field of n8n's resource mapper. The same input always gives the same field. */
export function toMapperField(input: ModelInput): ResourceMapperField {
	const type = fieldType(input);
	const defaultValue = defaultOf(input);
	return {
		id: input.name,
		displayName: inputLabel(input),
		// Required inputs are checked by the node: a binary input or an additional input may supply them.
		required: false,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		type,
		...(type === 'options' ? { options: optionsOf(input) } : {}),
		...(defaultValue === undefined ? {} : { defaultValue }),
		...(input.isAddable === true || isNoQuestion(input) || isUntouchedFalse(input, type, defaultValue)
			? { removed: true }
			: {}),
	};
}

/** A dropdown with a single entry asks nothing. Without a value, RunComfy uses its own default; the input can be added. */
function isNoQuestion({ kind, choices, isList, required }: ModelInput): boolean {
	return kind === 'choice' && choices.length === 1 && !isList && !required;
}

/** A boolean that nobody touched and that has no default would be sent as false by the editor. */
function isUntouchedFalse(input: ModelInput, type: ResourceMapperField['type'], defaultValue: unknown): boolean {
	return type === 'boolean' && defaultValue === undefined && !input.required;
}

function optionsOf(input: ModelInput): ResourceMapperField['options'] {
	return input.choices.map((choice) => ({ name: choiceLabel(input, choice), value: choice }));
}

function fieldType(input: ModelInput): ResourceMapperField['type'] {
	if (input.kind === 'json') return jsonFieldType(input);
	// Lists are texts: one value, JSON, or an expression that gives an array.
	if (input.isList || input.isEnteredAsText === true) return 'string';
	switch (input.kind) {
		case 'choice':
			return 'options';
		case 'integer':
		case 'number':
			return 'number';
		case 'boolean':
			return 'boolean';
		default:
			return 'string';
	}
}

/** A value that may be an object, a list or something else is a text that can contain JSON. */
function jsonFieldType(input: ModelInput): ResourceMapperField['type'] {
	if (input.isList) return 'array';
	return typeOf(input.schema) === 'object' ? 'object' : 'string';
}

/** Only settings of the output are filled in: the defaults of prompts and media are samples. */
function defaultOf(input: ModelInput): string | number | boolean | undefined {
	if (input.isList || input.isTiedToOthers || input.schema.deprecated === true || isNoQuestion(input))
		return undefined;
	const value = input.default;
	switch (input.kind) {
		case 'choice':
			if (input.required && input.choices.length === 1) return input.choices[0];
			return input.choices.find((choice) => choice === value);
		case 'integer':
		case 'number':
			// A default outside the limits of its own input would be refused.
			return typeof value === 'number' && isValid(input.schema, value) ? value : undefined;
		case 'boolean':
			return typeof value === 'boolean' ? value : undefined;
		default:
			return undefined;
	}
}
