import { isMultipleOf } from '../schema/multipleOf';
import { formatValue } from '../schema/formatValue';
import { isFileName } from './groups';
import { nearestNames } from '../shared/nearestNames';
import type { WorkflowInput } from './workflowInput';

/*
 * What can be said of a value beyond its type and range. Texts go on after the name of the input.
 */

/** Longer texts are sent, with a word that most models read only their beginning. Characters. */
const MAX_TEXT = 10_000;

/** Hints on a value that is sent anyway. */
export function valueHints(input: WorkflowInput, value: unknown): string[] {
	const { step, minimum } = input;
	const hints: string[] = [];
	if (typeof value === 'number' && step !== undefined && step > 0 && !isOnStep(value, step, minimum))
		hints.push(`is ${value}, which isn't a multiple of its step ${step}. ComfyUI may round it.`);
	if (typeof value === 'string' && input.group !== 'media' && value.length > MAX_TEXT)
		hints.push(`has more than ${MAX_TEXT} characters. Models usually read only the beginning.`);
	if (typeof value === 'string' && input.group === 'media' && isUnknownFile(input, value))
		hints.push(`is ${formatValue(value)}, which isn't a URL. RunComfy will look for this file on its own machine.`);
	return hints;
}

/** Steps begin at zero or at the least value: both are usual. */
function isOnStep(value: number, step: number, minimum = 0): boolean {
	if (!Number.isFinite(value)) return true;
	return isMultipleOf(value, step) || isMultipleOf(Number((value - minimum).toPrecision(12)), step);
}

function isUnknownFile({ files, saved }: WorkflowInput, value: string): boolean {
	return !/^(https?|data):/i.test(value) && value !== saved && !files.includes(value);
}

/** Files of the person's own machine, and addresses that only a browser knows. */
const IS_LOCAL = /^([a-z]:[\\/]|\\\\|(?:file|blob|about|cid):|(?!https?:)[a-z][a-z0-9+.-]{1,30}:\/\/)/i;

/** Why a value can be no file that RunComfy could read; undefined where it may be one. */
export function mediaProblem(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	const text = value.slice(0, 1_000).trim();
	return IS_LOCAL.test(text)
		? `must be the URL of a file (https://...) or the name of a file on RunComfy's machine, not ${formatValue(value)}`
		: undefined;
}

/** Whether a word that is no choice may be the name of a file that another machine's list does not have. */
export function mayBeFile({ choices }: WorkflowInput, value: unknown): boolean {
	return isFileName(value) && choices.some(isFileName);
}

/** Long lists are not formatValue, but what is written most alike. */
const MAX_LISTED = 12;
const NEAREST = 10;

/** What to say of a word that is no choice; undefined where the list is short enough to be shown whole. */
export function choiceProblem({ choices }: WorkflowInput, value: unknown): string | undefined {
	if (choices.length <= MAX_LISTED) return undefined;
	const nearest = nearestNames(String(value), choices.map(String), NEAREST).map(formatValue);
	return `must be one of its ${choices.length} choices, not ${formatValue(value)}. The nearest are ${nearest.join(', ')}`;
}
