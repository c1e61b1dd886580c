import type { ResourceMapperField } from 'n8n-workflow';

import type { Run } from '../../execution/run';
import type { GivenInput } from '../../schema/requestBody';
import { invalidInput } from '../../shared/failure';
import { parseExactJson } from '../../shared/exactJson';
import { isJsonObject } from '../../shared/json';
import { readOptions } from '../shared/readParameters';

/** What the user entered for a model. */
export interface EnteredInput {
	source: GivenInput['source'];
	values: Record<string, unknown>;
	/** Merged over the values; null takes one out. */
	additional: Record<string, unknown>;
	/** The fields as the editor saved them with the workflow; the model may have changed since. */
	savedFields: ResourceMapperField[];
}

/** Reads an item's input from the form or from JSON. @throws RunComfyFailure `invalid_input` */
export function readEnteredInput(run: Run, itemIndex: number): EnteredInput {
	const { context } = run;
	const additional = readJsonObject(readOptions(run, itemIndex).additionalInputs, 'Additional Inputs');
	if (context.getNodeParameter('specifyInput', itemIndex, 'fields') === 'json') {
		const values = readJsonObject(context.getNodeParameter('inputJson', itemIndex, '{}'), 'Input (JSON)');
		return { source: 'json', values, additional, savedFields: [] };
	}
	// The whole parameter, because n8n refuses what expressions make of a choice when it is read by path.
	const mapper = context.getNodeParameter('modelInput', itemIndex, {}) as unknown;
	const { value, schema } = isJsonObject(mapper) ? mapper : {};
	return {
		source: 'fields',
		values: isJsonObject(value) ? value : {},
		additional,
		savedFields: Array.isArray(schema) ? (schema as ResourceMapperField[]) : [],
	};
}

function readJsonObject(value: unknown, parameterName: string): Record<string, unknown> {
	if (value === null || value === undefined) return {};
	const parsed = typeof value === 'string' ? (value.trim() === '' ? {} : parseExactJson(value)) : value;
	if (isJsonObject(parsed)) return parsed;
	throw invalidInput(
		`${parameterName} isn't a JSON object`,
		'It must look like {"prompt": "a cat"}: names and text in double quotes, no comma after the last entry.',
	);
}
