import type { ItemContext } from '../../execution/itemContext';
import { perRun } from '../../execution/perRun';
import { checkMedia, checkUrls, mediaProber, type MediaProber } from '../../media/checkMedia';
import { modelSchemaReader, type ModelSchema } from '../../model/modelSchema';
import { estimatePrice } from '../../model/priceEstimate';
import type { ModelInput, ModelInputs } from '../../schema/modelInputs';
import { buildRequestBody, buildUncheckedBody, listForm, withAddedValue } from '../../schema/requestBody';
import type { InputProblem } from '../../schema/validateInput';
import { readBoolean, readChoice } from '../parameters/readParameters';
import { checkMediaOption, validationOption } from '../parameters/submitOptions';
import { base64Length, openBinaryInputs, type BinaryInput } from '../steps/binaryInputs';
import type { InputWithFiles } from '../steps/encodeBody';
import { fieldChanges } from './fieldChanges';
import { readEnteredInput, type EnteredInput } from '../steps/enteredInput';

/** Asks for the schema of a model once per run, however many items use it. */
const schemaReaderOf = perRun(({ transport, signal }) => modelSchemaReader(transport, signal));

/** Probes each media URL once per run. */
const proberOf = perRun(({ context, clock, signal, transport }) =>
	mediaProber({ context, clock, signal, modelApiUrl: transport.endpoints.modelApi }),
);

/** A problem as it is reported: with the name of its input, and as a sentence for users. */
export interface NamedProblem extends InputProblem {
	/** Starts with the input's title, such as `Seed must be a number, not "x"`. */
	sentence: string;
	/** Whether the schema says so, which can be wrong. */
	isOfSchema: boolean;
}

/** Everything that can be said about an item's input without submitting it. */
export interface CheckedInput extends InputWithFiles {
	/** In the order of the model's inputs; empty where Validation is off. */
	problems: NamedProblem[];
	/** For the item and for the run. */
	warnings: string[];
	/** USD, if it can be estimated. */
	estimatedPrice?: number;
	validation: 'strict' | 'warn' | 'off';
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
		...checkBinaryFields(inputs, files).map(named(false)),
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

/** A file must go into a media input, and several files into a list. */
function checkBinaryFields({ inputs }: ModelInputs, binaries: BinaryInput[]): InputProblem[] {
	return binaries.flatMap(({ field, bytes, prefix }, index) => {
		const input = inputs.find(({ name }) => name === field);
		const isSecond = binaries.findIndex((other) => other.field === field) < index;
		if (input === undefined)
			return [{ name: field, text: "isn't an input of this model, so Binary Inputs can't fill it" }];
		if (!takesFiles(input)) return [{ name: field, text: "doesn't accept a file from Binary Inputs" }];
		if (isSecond && listForm(input) === undefined)
			return [{ name: field, text: 'accepts only one file, but Binary Inputs has several for it' }];
		if (bytes === 0) return [{ name: field, text: 'is an empty file', isMedia: true }];
		const isTooLong = input.maxLength !== undefined && prefix.length + base64Length(bytes) > input.maxLength;
		return isTooLong
			? [
					{
						name: field,
						text: `accepts a URL of at most ${input.maxLength} characters, so a file can't be sent with the request`,
					},
				]
			: [];
	});
}

const HOLDS_WORDS = /prompt|text|caption|description|lyrics|script|style|name|title/i;

/** Some published media inputs aren't declared as such: a text may be the URL of a file, unless its name says otherwise. */
function takesFiles({ kind, name }: ModelInput): boolean {
	return kind === 'media' || kind === 'union' || (kind === 'text' && !HOLDS_WORDS.test(name));
}

/** Saved fields that the model no longer has are left out; what was added by hand stays. */
function mergeValues(entered: EnteredInput, schema: ModelSchema, binaries: BinaryInput[]) {
	const changes =
		schema.source === 'live' && schema.inputs ? fieldChanges(entered.savedFields, schema.inputs) : { removed: [] };
	const kept = Object.entries(entered.values).filter(([name]) => !changes.removed.includes(name));
	let values: Record<string, unknown> = { ...Object.fromEntries(kept), ...entered.additional };
	for (const { field, placeholder } of binaries) {
		const input = schema.inputs?.inputs.find(({ name }) => name === field);
		values = withAddedValue(values, field, placeholder, input);
	}
	return { values, hints: changes.hint ? [changes.hint] : [] };
}

async function mediaProblems(
	item: ItemContext,
	inputs: ModelInputs,
	body: Record<string, unknown>,
	binaries: BinaryInput[],
	wantsProbe: boolean,
) {
	const problems = checkUrls(inputs, body, item.transport.endpoints.modelApi);
	if (!wantsProbe) return { problems, warnings: [] };
	const probe: MediaProber = async (url, needsDimensions) =>
		binaries.find(({ placeholder }) => placeholder === url)?.probe ?? (await proberOf(item)(url, needsDimensions));
	const checked = await checkMedia(inputs, body, probe);
	// A URL that is refused anyway is reported once.
	const named = new Set(problems.map(({ name, text }) => `${name} ${text}`));
	const further = checked.problems.filter(({ name, text }) => !named.has(`${name} ${text}`));
	return { problems: [...problems, ...further], warnings: checked.warnings };
}

/** Names an input as the form shows it, and for JSON input also by its property name. */
function problemText({ inputs }: ModelInputs, source: EnteredInput['source'], { name, text }: InputProblem): string {
	if (name === '') return text;
	const title = inputs.find((input) => input.name === name)?.title ?? name;
	return `${source === 'json' && title !== name ? `${title} (${name})` : title} ${text}`;
}

function schemaNotice({ source, reason }: ModelSchema): string[] {
	if (source === 'live') return [];
	return source === 'bundled'
		? [`${reason}. The schema included in this node was used instead; it may be outdated.`]
		: [`${reason}, so the input wasn't checked.`];
}
