import type { INodeProperties } from 'n8n-workflow';

import { invalidInput, type RunComfyFailure } from '../../shared/failure';
import { jsonPreview } from '../../shared/jsonPreview';

/** The description of a parameter also determines how it is read: its name, default, choices and minimum. */
type Described = Pick<INodeProperties, 'displayName' | 'default' | 'options' | 'typeOptions'>;

/** The longest value in a message. Characters. */
const MAX_PREVIEW_LENGTH = 80;

/**
 * Reads a number that may come from an expression.
 *
 * @param fallback used when nothing was entered
 * @throws RunComfyFailure `invalid_input` naming the parameter, when it isn't a number, or is too small or too large
 */
export function readNumber(value: unknown, described: Described, fallback = described.default as number): number {
	if (isNothing(value)) return fallback;
	const { minValue: minimum = 0, maxValue: maximum = Infinity } = described.typeOptions ?? {};
	const number = typeof value === 'string' ? Number(value.trim() || NaN) : value;
	if (typeof number === 'number' && number >= minimum && number <= maximum) return number;
	const wanted = maximum === Infinity ? `a number of at least ${minimum}` : `a number from ${minimum} to ${maximum}`;
	throw unreadable(described, wanted, value);
}

/**
 * Reads a switch that may come from an expression.
 *
 * @throws RunComfyFailure `invalid_input` naming the parameter
 */
export function readBoolean(value: unknown, described: Described, fallback = described.default as boolean): boolean {
	if (isNothing(value)) return fallback;
	const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (word === true || word === 'true') return true;
	if (word === false || word === 'false') return false;
	throw unreadable(described, 'true or false', value);
}

/**
 * Reads one of several choices that may come from an expression.
 *
 * @throws RunComfyFailure `invalid_input` naming the parameter
 */
export function readChoice<T extends string>(
	value: unknown,
	described: Described,
	fallback = described.default as T,
): T {
	if (isNothing(value)) return fallback;
	const choices = (described.options ?? []).flatMap((option) => ('value' in option ? [option.value] : []));
	if (choices.includes(value as T)) return value as T;
	throw unreadable(described, `one of ${choices.join(', ')}`, value);
}

/** Reads a text that may come from an expression, and trims it. */
export function readText(value: unknown, fallback = ''): string {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	return text === '' ? fallback : text;
}

/** An absent option and one whose expression returns nothing are the same. */
function isNothing(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}

function unreadable({ displayName }: Described, wanted: string, value: unknown): RunComfyFailure {
	return invalidInput(
		`${displayName} must be ${wanted}, not ${jsonPreview(value, MAX_PREVIEW_LENGTH)}`,
		'Correct this parameter in the node.',
	);
}
