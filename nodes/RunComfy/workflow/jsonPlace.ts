import { parseExactJson } from '../shared/exactJson';
import { invalidInput } from '../shared/failure';
import { isJsonObject } from '../shared/json';
import { formatValue } from '../schema/formatValue';

const FORM = 'It must look like {"6.text": "a cat"}: names and text in double quotes, no comma after the last entry.';

/** Deeper values would overflow the stack where they are written. */
const MAX_DEPTH = 500;

function isNestedTooDeep(value: unknown): boolean {
	let level = [value];
	for (let depth = 0; level.length > 0; depth += 1) {
		if (depth > MAX_DEPTH) return true;
		const objects = level.filter((entry): entry is object => typeof entry === 'object' && entry !== null);
		level = objects.flatMap((entry) => Object.values(entry) as unknown[]);
	}
	return false;
}

/**
 * What was entered as JSON, as an object; an empty text is an empty object.
 *
 * @throws RunComfyFailure `invalid_input` that says where the JSON breaks
 */
export function parsedJsonObject(value: unknown, parameterName: string): Record<string, unknown> {
	if (value === undefined || (typeof value === 'string' && value.trim() === '')) return {};
	const parsed = typeof value === 'string' ? parseExactJson(value) : value;
	if (typeof value === 'string' && isNestedTooDeep(parsed))
		throw invalidInput(`${parameterName} is nested too deeply`, `The limit is ${MAX_DEPTH} levels.`);
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
		const end = position === undefined ? text.length : Number(position);
		let line = 1;
		let start = 0;
		for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', start)) {
			line += 1;
			start = at + 1;
		}
		return `: it breaks at line ${line}, column ${end - start + 1}`;
	}
	return '';
}
