import type { ItemContext } from '../../execution/itemContext';
import { perRun } from '../../execution/perRun';
import { modelSchemaReader, type ModelSchema } from '../../model/modelSchema';
import { didYouMean } from '../../model/similarModels';
import { estimatePrice } from '../../model/priceEstimate';
import type { ModelInputs } from '../../schema/modelInputs';
import { buildRequestBody, buildUncheckedBody, withAddedValue } from '../../schema/requestBody';
import type { InputProblem } from '../../schema/validateInput';
import { readBoolean, readChoice } from '../parameters/readParameters';
import { checkMediaOption, validationOption } from '../parameters/submitOptions';
import { openBinaryInputs, type BinaryInput } from '../steps/binaryInputs';
import type { CheckedInput, NamedProblem } from '../steps/checkedInput';
import { checkBinaryFields, mediaProblems } from '../steps/checkFiles';
import { fieldChanges } from './fieldChanges';
import { checkTextFields } from '../steps/textInputs';
import { readEnteredInput, type EnteredInput } from '../steps/enteredInput';

/** Asks for the schema of a model once per run, however many items use it. */
const schemaReaderOf = perRun(({ transport, signal }) => modelSchemaReader(transport, signal));

/** The IDs that may be meant by an unknown one, as the check of the item found them. */
export async function similarModelsOf(item: ItemContext, modelId: string): Promise<readonly string[]> {
	return (await schemaReaderOf(item)(modelId)).similar ?? [];
}

/**
 * Builds the body of a submit from an item and checks it: values, files, and what the model requires. Nothing is
 * encoded yet, and the only calls to RunComfy are reads of its catalog.
 *
 * @throws RunComfyFailure `invalid_input` when a parameter can't be read at all
 */
export async function checkInput(item: ItemContext, modelId: string): Promise<CheckedInput> {
	const options = item.options;
	const validation = readChoice<CheckedInput['validation']>(options.validation, validationOption);
	const wantsMediaCheck = readBoolean(options.checkMedia, checkMediaOption);
	const entered = readEnteredInput(item, 'modelInput');
	const files = await openBinaryInputs(item);
	const schema = await schemaReaderOf(item)(modelId);
	// All items may wait for the same schema; processing them in one go would block n8n.
	await item.run.nextTurn();
	const { inputs } = schema;
	const { values, hints } = mergeValues(entered, schema, files);
	const given = { values, source: entered.source };
	const notices = [...schemaNotice(schema), ...hints];
	if (inputs === undefined)
		return {
			body: buildUncheckedBody(given),
			files,
			problems: [],
			warnings: notices,
			validation,
			estimatedPrice: estimatePrice(schema.entry, undefined, values),
		};

	const built = buildRequestBody(inputs, given);
	const estimatedPrice = estimatePrice(schema.entry, inputs, built.body);
	if (validation === 'off')
		return { body: built.body, files, problems: [], warnings: notices, validation, estimatedPrice };
	const media = await mediaProblems(item, inputs, built.body, files, wantsMediaCheck);
	const isMissing = ({ name }: InputProblem) =>
		!Object.hasOwn(built.body, name) && inputs.inputs.some((input) => input.name === name && input.required);
	const named =
		(isOfSchema: boolean) =>
		(problem: InputProblem): NamedProblem => ({
			...problem,
			sentence: problemText(inputs, entered.source, problem),
			isOfSchema: isOfSchema && problem.isMedia !== true && !isMissing(problem),
		});
	const problems = [
		...built.problems.map(named(true)),
		...checkTextFields(inputs, entered.texts).map(named(false)),
		...checkBinaryFields('model', inputs, files).map(named(false)),
		...media.problems.map(named(false)),
	];
	return {
		body: built.body,
		files,
		problems,
		warnings: [...notices, ...built.warnings, ...media.warnings],
		validation,
		estimatedPrice,
	};
}

/** Saved fields that the model no longer has are left out; what was added by hand stays. */
function mergeValues(entered: EnteredInput, schema: ModelSchema, binaries: BinaryInput[]) {
	const changes =
		schema.source === 'live' && schema.inputs ? fieldChanges(entered.savedFields, schema.inputs) : { removed: [] };
	const kept = Object.entries(entered.values).filter(([name]) => !changes.removed.includes(name));
	let values: Record<string, unknown> = { ...Object.fromEntries(kept), ...entered.texts, ...entered.additional };
	for (const { field, placeholder } of binaries) {
		const input = schema.inputs?.inputs.find(({ name }) => name === field);
		values = withAddedValue(values, field, placeholder, input);
	}
	return { values, hints: changes.hint ? [changes.hint] : [] };
}

/** Names an input as the form shows it, and for JSON input also by its property name. */
function problemText({ inputs }: ModelInputs, source: EnteredInput['source'], { name, text }: InputProblem): string {
	if (name === '') return text;
	const title = inputs.find((input) => input.name === name)?.title ?? name;
	return `${source === 'json' && title !== name ? `${title} (${name})` : title} ${text}`;
}

function schemaNotice({ source, reason, similar = [] }: ModelSchema): string[] {
	if (source === 'live') return [];
	return source === 'bundled'
		? [`${reason}. The schema included in this node was used instead; it may be outdated.`]
		: [`${reason}, so the input wasn't checked. ${didYouMean(similar)}`.trim()];
}
