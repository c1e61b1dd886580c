import type { ItemContext } from '../../execution/itemContext';
import type { ModelInputs } from '../../schema/modelInputs';
import type { InputProblem } from '../../schema/validateInput';
import { invalidInput } from '../../shared/failure';
import { isJsonObject } from '../../shared/json';
import { truncate } from '../../shared/text';
import { readText } from '../parameters/readParameters';

/** The longest name in a message. Characters. */
const MAX_NAME_LENGTH = 80;

/**
 * Reads Text Inputs: texts by RunComfy's name of the input. Entries without a text are not set.
 *
 * @param entered what the form or the JSON has
 * @throws RunComfyFailure `invalid_input` when a text has no field, or a field is filled twice
 */
export function readTextInputs(item: ItemContext, entered: Record<string, unknown>): Record<string, unknown> {
	const collection = item.parameter('textInputs', {});
	const entries =
		isJsonObject(collection) && Array.isArray(collection.input) ? collection.input.filter(isJsonObject) : [];
	const texts = new Map<string, unknown>();
	for (const { field, text } of entries) {
		if (isEmpty(text)) continue;
		const name = readText(field);
		if (name === '')
			throw invalidInput('An entry in Text Inputs has no field', 'Enter the name of the input for the text.');
		if (texts.has(name) || (Object.hasOwn(entered, name) && !isEmpty(entered[name]))) {
			throw invalidInput(
				`${truncate(name, MAX_NAME_LENGTH)} is filled in ${texts.has(name) ? 'twice in Text Inputs' : 'both in the input and in Text Inputs'}`,
				'Remove one of the two, so that it is clear which text to send.',
			);
		}
		texts.set(name, text);
	}
	return Object.fromEntries(texts);
}

/** A text for an input that a model doesn't have would be paid for and ignored. Those of workflows are checked with all values. */
export function checkTextFields(
	{ inputs, undeclaredRequired }: Pick<ModelInputs, 'inputs' | 'undeclaredRequired'>,
	texts: Record<string, unknown>,
): InputProblem[] {
	const known = new Set([...inputs.map(({ name }) => name), ...undeclaredRequired]);
	return Object.keys(texts)
		.filter((name) => !known.has(name))
		.map((name) => ({
			name: truncate(name, MAX_NAME_LENGTH),
			text: "isn't an input of this model, so Text Inputs can't fill it",
		}));
}

function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '';
}
