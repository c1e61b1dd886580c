import { isJsonObject } from '../shared/json';
import { truncate } from '../shared/text';
import { FRAMES_PER_SECOND } from '../shared/units';
import type { Choice, ModelInput } from './modelInputs';

const COUNTS_FRAMES = /^(number_of_frames|num_frames|frames)$/;

/** Marks the title of a required input. */
export const REQUIRED_MARK = ' *';

/** Longer labels would fill the panel; the whole value is sent. */
const MAX_CHOICE_LENGTH = 80;

/** Inputs with these names are in seconds wherever they were seen. */
const IN_SECONDS = /(^|_)duration$|_seconds$/;

/**
 * The label of an input in the form: its title, a star when it is required, and hints in brackets, because a resource
 * mapper has no descriptions. The editor truncates labels after about 28 letters, so the hints are terse.
 */
export function inputLabel(input: ModelInput): string {
	const hints = [
		mediaHint(input),
		input.kind === 'json' && !input.isList ? 'JSON' : undefined,
		input.isList && input.kind !== 'media' ? listHint(input, 'JSON list') : undefined,
		rangeHint(input),
		input.maxLength === undefined ? undefined : `max ${input.maxLength} chars`,
		input.name === 'seed' && input.default === -1 && (input.minimum ?? -1) <= -1 ? '-1 = random' : undefined,
	].filter((hint) => hint !== undefined);
	const title = input.required ? input.title + REQUIRED_MARK : input.title;
	return hints.length > 0 ? `${title} (${hints.join(', ')})` : title;
}

/** The label of a choice; numbers of frames also show seconds. */
export function choiceLabel(input: ModelInput, choice: Choice): string {
	if (typeof choice === 'number' && COUNTS_FRAMES.test(input.name)) {
		return `${choice} (≈ ${Math.round(choice / FRAMES_PER_SECOND)} s)`;
	}
	const text = truncate(String(choice), MAX_CHOICE_LENGTH);
	const isNumber = typeof choice === 'number' || /^\d+(\.\d+)?$/.test(String(choice));
	return isNumber && IN_SECONDS.test(input.name) ? `${text} s` : text;
}

function mediaHint(input: ModelInput): string | undefined {
	if (input.kind !== 'media') return undefined;
	const size = largestFileMb(input);
	const isSeveral = input.isList && input.maxItems !== 1;
	// A title such as "Image URLs" already says so.
	const word = /\bURLs?\b/.test(input.title) ? undefined : isSeveral ? 'URLs' : 'URL';
	const parts = [word, isSeveral ? countHint(input) : undefined, size === undefined ? undefined : `< ${size} MB`];
	return parts.filter((part) => part !== undefined).join(', ') || undefined;
}

/** The limit in the model's own rules, such as `file_size_mb<` (seen in published schemas). */
function largestFileMb({ schema }: ModelInput): number | undefined {
	const rules = Array.isArray(schema.validations) ? schema.validations.filter(isJsonObject) : [];
	const rule = rules.find(({ validation_rule }) => /^file_size_mb<=?$/.test(String(validation_rule)));
	return typeof rule?.validation_value === 'number' ? rule.validation_value : undefined;
}

function listHint(input: ModelInput, what: string): string {
	const count = countHint(input);
	return count === undefined ? what : `${what}, ${count}`;
}

function countHint({ minItems = 0, maxItems }: ModelInput): string | undefined {
	if (maxItems === undefined) return undefined;
	return minItems > 1 ? `${minItems}–${maxItems}` : `max ${maxItems}`;
}

function rangeHint(input: ModelInput): string | undefined {
	const { name, minimum, maximum } = input;
	const unit = IN_SECONDS.test(name) ? ' s' : '';
	// A maximum that is only the limit of an integer type isn't shown.
	const highest = maximum !== undefined && maximum >= 2_147_483_647 ? undefined : maximum;
	if (minimum !== undefined && highest !== undefined) return `${minimum}–${highest}${unit}`;
	if (highest !== undefined) return `max ${highest}${unit}`;
	if (minimum !== undefined && minimum > 0) return `min ${minimum}${unit}`;
	return unit !== '' && (input.kind === 'integer' || input.kind === 'number') ? 'seconds' : undefined;
}
