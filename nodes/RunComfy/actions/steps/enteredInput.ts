import type { ResourceMapperField } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { perRun } from '../../execution/perRun';
import type { GivenInput } from '../../schema/requestBody';
import { invalidInput } from '../../shared/failure';
import { parseExactJson } from '../../shared/exactJson';
import { isJsonObject } from '../../shared/json';
import { readTextInputs } from './textInputs';

/** What the user entered as the input of a request. */
export interface EnteredInput {
	source: GivenInput['source'];
	values: Record<string, unknown>;
	/** Of Text Inputs, by the name of the input. They are set beside the values, none of which they may replace. */
	texts: Record<string, unknown>;
	/** Merged over values and texts; null removes a value. */
	additional: Record<string, unknown>;
	/** The fields as the editor saved them with the workflow; they may have changed since. */
	savedFields: ResourceMapperField[];
}

/**
 * Reads an item's input from the form or from JSON.
 *
 * @param formName the parameter that holds the form, a resource mapper
 * @throws RunComfyFailure `invalid_input`
 */
export function readEnteredInput(item: ItemContext, formName: string): EnteredInput {
	const additional = asJson(item, readJsonObject(item.options.additionalInputs, 'Additional Inputs'));
	if (item.parameter('specifyInput', 'fields') === 'json') {
		const values = asJson(item, readJsonObject(item.parameter('inputJson', '{}'), 'Input (JSON)'));
		return {
			source: 'json',
			values,
			texts: asJson(item, readTextInputs(item, values)),
			additional,
			savedFields: [],
		};
	}
	// The whole parameter: read by path, n8n would refuse what an expression returns for a choice.
	const mapper = item.parameter(formName, {});
	const { value, schema } = isJsonObject(mapper) ? mapper : {};
	const values = asJson(item, isJsonObject(value) ? value : {});
	return {
		source: 'fields',
		values,
		texts: asJson(item, readTextInputs(item, values)),
		additional,
		savedFields: Array.isArray(schema) ? (schema as ResourceMapperField[]) : [],
	};
}

/** No input is nested deeper. */
const MAX_DEPTH = 500;
/** Shorter texts are kept per item; longer ones that items have in common are kept once. Characters. */
const MIN_SHARED_LENGTH = 64 * 1024;
const MAX_SHARED = 200;

/** Long texts that several items have in common, by their length, beginning and end: memory holds each of them once. */
const sharedTextsOf = perRun(() => new Map<string, string>());

/**
 * The result of an expression, as the JSON that is sent: dates and other class instances become what they serialize to.
 *
 * @throws RunComfyFailure `invalid_input` when it is nested too deep
 */
export function asJson(item: ItemContext, values: Record<string, unknown>): Record<string, unknown> {
	const sharedTexts = sharedTextsOf(item);
	const plain = (value: unknown, depth: number): unknown => {
		if (typeof value === 'string') {
			if (value.length < MIN_SHARED_LENGTH) return value;
			// Using the text itself as the key would hash all of it.
			const key = `${value.length} ${value.slice(0, 64)} ${value.slice(-64)}`;
			const known = sharedTexts.get(key);
			if (known === value) return known;
			if (sharedTexts.size < MAX_SHARED) sharedTexts.set(key, value);
			return value;
		}
		if (typeof value !== 'object' || value === null) return value;
		if (ArrayBuffer.isView(value))
			throw invalidInput('The input contains binary data', 'Send files with Binary Inputs.');
		if (depth > MAX_DEPTH)
			throw invalidInput(
				'The input is nested too deeply',
				`The limit is ${MAX_DEPTH} levels. Check the expression that creates it.`,
			);
		const { toJSON } = value as { toJSON?: unknown };
		if (typeof toJSON === 'function') return plain(toJSON.call(value), depth + 1);
		if (Array.isArray(value)) return value.map((entry) => plain(entry, depth + 1));
		return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, plain(entry, depth + 1)]));
	};
	return plain(values, 0) as Record<string, unknown>;
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
