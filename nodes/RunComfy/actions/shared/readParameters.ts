import type { Run } from '../../execution/run';
import { invalidInput } from '../../shared/failure';

/**
 * Reads a number that may come from an expression.
 *
 * @param fallback where nothing was entered
 * @throws RunComfyFailure `invalid_input` naming the parameter, when it is no number of at least `minimum`
 */
export function readNumber(value: unknown, parameterName: string, minimum: number, fallback: number): number {
	if (value === undefined || value === null || value === '') return fallback;
	const number = typeof value === 'string' ? Number(value.trim() || NaN) : value;
	if (typeof number === 'number' && number >= minimum) return number;
	throw invalidInput(
		`${parameterName} must be a number of at least ${minimum}, not ${JSON.stringify(value)}`,
		'Correct this parameter in the node.',
	);
}

/** The Options of an item. */
export function readOptions(run: Run, itemIndex: number): Record<string, unknown> {
	return run.context.getNodeParameter('options', itemIndex, {});
}

/**
 * Reads a switch that may come from an expression.
 *
 * @throws RunComfyFailure `invalid_input` naming the parameter
 */
export function readBoolean(value: unknown, parameterName: string, fallback: boolean): boolean {
	if (value === undefined || value === null || value === '') return fallback;
	const word = typeof value === 'string' ? value.trim().toLowerCase() : value;
	if (word === true || word === 'true') return true;
	if (word === false || word === 'false') return false;
	throw invalidInput(
		`${parameterName} must be true or false, not ${JSON.stringify(value)}`,
		'Correct this parameter in the node.',
	);
}

/**
 * Reads one of several choices that may come from an expression.
 *
 * @throws RunComfyFailure `invalid_input` naming the parameter
 */
export function readChoice<T extends string>(value: unknown, parameterName: string, choices: readonly T[], fallback: T): T {
	if (value === undefined || value === null || value === '') return fallback;
	const choice = choices.find((candidate) => candidate === value);
	if (choice !== undefined) return choice;
	throw invalidInput(
		`${parameterName} must be one of ${choices.join(', ')}, not ${JSON.stringify(value)}`,
		'Correct this parameter in the node.',
	);
}

/** Reads a text that may come from an expression; blanks around it are cut off. */
export function readText(value: unknown, fallback = ''): string {
	const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
	return text === '' ? fallback : text;
}
