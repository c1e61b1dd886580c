import { Validator, type Schema } from '@cfworker/json-schema';

import type { ApiError } from './errorBodies';

/** Checks a body against the model's schema, as the service does on its own. Its body of a 422 is inferred. */
export function inputError(schema: unknown, body: Record<string, unknown>): ApiError | undefined {
	const { valid, errors } = new Validator(standard(schema) as Schema, '2020-12', false).validate(body);
	if (valid) return undefined;
	return {
		httpStatus: 422,
		errorCode: 422001,
		message: 'Input does not match the schema',
		detail: errors
			.filter(({ keyword }) => keyword !== 'properties')
			.map(({ instanceLocation, error, keyword }) => ({
				loc: ['body', ...instanceLocation.replace(/^#\/?/, '').split('/')].filter((part) => part !== ''),
				msg: error,
				type: keyword,
			})),
	};
}

/** `float` is RunComfy's own word for a number; media formats say nothing to a validator. */
function standard(schema: unknown): unknown {
	if (Array.isArray(schema)) return schema.map(standard);
	if (typeof schema !== 'object' || schema === null) return schema;
	const entries = Object.entries(schema)
		.filter(([keyword]) => keyword !== 'format' && keyword !== 'default')
		.map(([keyword, value]) => [keyword, keyword === 'type' && value === 'float' ? 'number' : standard(value)]);
	return Object.fromEntries(entries);
}
