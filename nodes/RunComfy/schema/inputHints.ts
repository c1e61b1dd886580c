import { isJsonObject } from '../shared/json';
import type { Choice, ModelInput } from './modelInputs';

/** The frame rate at which a number of frames stands for a duration (contract: 24 a second). */
const FRAMES_PER_SECOND = 24;

const COUNTS_FRAMES = /^(number_of_frames|num_frames|frames)$/;

/**
 * The label of an input in the form: its title, and in brackets what a person has to know, because a resource mapper
 * has no descriptions.
 */
export function inputLabel(input: ModelInput): string {
	const hints = [
		input.required ? 'required' : undefined,
		mediaHint(input),
		input.kind === 'json' ? 'JSON' : undefined,
		input.isList && input.kind !== 'media' ? listHint(input) : undefined,
		rangeHint(input),
		input.maxLength === undefined ? undefined : `up to ${input.maxLength} characters`,
		input.name === 'seed' && input.default === -1 ? '-1 = random' : undefined,
	].filter((hint) => hint !== undefined);
	return hints.length > 0 ? `${input.title} (${hints.join(', ')})` : input.title;
}

/** The name of one choice; numbers of frames are told in seconds too. */
export function choiceLabel(input: ModelInput, choice: Choice): string {
	if (typeof choice === 'number' && COUNTS_FRAMES.test(input.name)) {
		return `${choice} (≈ ${Math.round(choice / FRAMES_PER_SECOND)} s)`;
	}
	return String(choice);
}

function mediaHint(input: ModelInput): string | undefined {
	if (input.kind !== 'media') return undefined;
	const size = largestFileMb(input);
	const address = input.isList && input.maxItems !== 1 ? `URLs, ${listHint(input)}` : 'URL';
	return size === undefined ? address : `${address}, under ${size} MB`;
}

/** The limit in the model's own rules, such as `file_size_mb<` (seen in published schemas). */
function largestFileMb({ schema }: ModelInput): number | undefined {
	const rules = Array.isArray(schema.validations) ? schema.validations.filter(isJsonObject) : [];
	const rule = rules.find(({ validation_rule }) => /^file_size_mb<=?$/.test(String(validation_rule)));
	return typeof rule?.validation_value === 'number' ? rule.validation_value : undefined;
}

function listHint(input: ModelInput): string {
	const { minItems, maxItems } = input;
	if (maxItems === 1) return 'one';
	if (minItems !== undefined && minItems > 1 && maxItems !== undefined) return `${minItems} to ${maxItems}, one per line`;
	return maxItems === undefined ? 'one per line' : `up to ${maxItems}, one per line`;
}

function rangeHint(input: ModelInput): string | undefined {
	const { minimum, maximum } = input;
	if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
	if (minimum !== undefined) return `from ${minimum}`;
	return maximum === undefined ? undefined : `up to ${maximum}`;
}
