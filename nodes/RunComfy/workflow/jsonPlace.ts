import { parseExactJson } from '../shared/exactJson';
import { invalidInput } from '../shared/failure';
import { isJsonObject } from '../shared/json';
import { formatValue } from '../schema/formatValue';

const FORM = 'It must look like {"6.text": "a cat"}: names and text in double quotes, no comma after the last entry.';

/**
 * What was entered as JSON, as an object; an empty text is an empty object.
 *
 * @throws RunComfyFailure `invalid_input` that says where the JSON breaks
 */
export function parsedJsonObject(value: unknown, parameterName: string): Record<string, unknown> {
	if (value === undefined || (typeof value === 'string' && value.trim() === '')) return {};
	const parsed = typeof value === 'string' ? parseExactJson(value) : value;
	if (isJsonObject(parsed)) return parsed;
	const place = typeof value === 'string' && parsed === undefined ? placeOfFault(value) : '';
	if (place !== '') throw invalidInput(`${parameterName} isn't valid JSON${place}`, FORM);
	throw invalidInput(
		`${parameterName} must be a JSON object, not ${formatValue(parsed === undefined ? value : parsed)}`,
		FORM,
	);
}

/** Where a text stops being JSON, by the message of the reader, which names a position where it knows one. */
function placeOfFault(text: string): string {
	try {
		JSON.parse(text);
	} catch (error) {
		const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
		const before = text.slice(0, position === undefined ? text.length : Number(position));
		const lines = before.split('\n');
		return `: it breaks at line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
	}
	return '';
}
