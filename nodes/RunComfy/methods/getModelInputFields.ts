import type { ILoadOptionsFunctions, ResourceMapperField, ResourceMapperFields } from 'n8n-workflow';

import { systemClock } from '../execution/clock';
import { RunComfyFailure } from '../failures/failure';
import { bundledModel } from '../model/bundledModels';
import { parseModelId } from '../model/modelId';
import { findModelSchema } from '../model/modelSchema';
import { choiceLabel, inputLabel } from '../schema/inputHints';
import { typeOf } from '../schema/jsonSchema';
import { describeModelInputs, type ModelInput, type ModelInputs } from '../schema/modelInputs';
import { openTransport } from '../transport/apiTransport';

const USE_JSON = 'Set Specify Input to Using JSON to enter the input by hand.';

/**
 * The fields of the form: one for each input of the chosen model. n8n asks on every opening of the panel, so this never
 * throws; a notice is shown where there are no fields.
 */
export async function getModelInputFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	const locator = this.getCurrentNodeParameter('model') as { value?: unknown } | string | undefined;
	const value = typeof locator === 'object' ? locator?.value : locator;
	if (value === undefined || value === '') return noFields('Pick a model first: its input fields then appear here.');
	if (typeof value === 'string' && value.startsWith('=')) {
		return noFields(`The model comes from an expression, so its fields are not known here. ${USE_JSON}`);
	}
	try {
		const inputs = await inputsOf(this, parseModelId(value));
		return inputs ? { fields: inputs.inputs.map(toField) } : noFields(`This model has no input schema. ${USE_JSON}`);
	} catch (error) {
		const reason = error instanceof RunComfyFailure ? error.details.message : 'The model could not be looked up';
		return noFields(`${reason}. ${USE_JSON}`);
	}
}

/** The form of a bundled model also appears without a credential, which a first look at the node has not got. */
async function inputsOf(context: ILoadOptionsFunctions, modelId: string): Promise<ModelInputs | undefined> {
	try {
		const transport = await openTransport(context, systemClock);
		return (await findModelSchema(transport, modelId)).inputs;
	} catch (error) {
		const bundled = describeModelInputs(bundledModel(modelId)?.input_schema);
		if (bundled) return bundled;
		const unknown = error;
		throw unknown;
	}
}

function noFields(notice: string): ResourceMapperFields {
	return { fields: [], emptyFieldsNotice: notice };
}

function toField(input: ModelInput): ResourceMapperField {
	return {
		id: input.name,
		displayName: inputLabel(input),
		// Required inputs are checked by the node: a binary input or an additional input may supply them.
		required: false,
		defaultMatch: false,
		canBeUsedToMatch: false,
		display: true,
		type: fieldType(input),
		...(fieldType(input) === 'options'
			? { options: input.choices.map((choice) => ({ name: choiceLabel(input, choice), value: choice })) }
			: {}),
		...(defaultOf(input) === undefined ? {} : { defaultValue: defaultOf(input) }),
		// The editor would send false for a boolean that nobody touched and that has no default.
		...(input.kind === 'boolean' && defaultOf(input) === undefined && !input.required ? { removed: true } : {}),
	};
}

function fieldType(input: ModelInput): ResourceMapperField['type'] {
	if (input.kind === 'json') return jsonFieldType(input);
	// Lists are texts: one value a line, or an expression that gives an array.
	if (input.isList) return 'string';
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

/** What may be an object or a list or yet another thing is a text, in which JSON can be written. */
function jsonFieldType(input: ModelInput): ResourceMapperField['type'] {
	if (input.isList) return 'array';
	return typeOf(input.schema) === 'object' ? 'object' : 'string';
}

/** Only what shapes the output is filled in: the defaults of prompts and media are samples. */
function defaultOf(input: ModelInput): string | number | boolean | undefined {
	if (input.isList) return undefined;
	const value = input.default;
	switch (input.kind) {
		case 'choice':
			return input.choices.find((choice) => choice === value);
		case 'integer':
		case 'number':
			return typeof value === 'number' ? value : undefined;
		case 'boolean':
			return typeof value === 'boolean' ? value : undefined;
		default:
			return undefined;
	}
}
