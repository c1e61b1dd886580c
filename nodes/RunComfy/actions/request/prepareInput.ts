import type { Run } from '../../execution/run';
import { checkAddresses, checkMedia, type MediaLooker } from '../../media/checkMedia';
import type { ModelSchema } from '../../model/modelSchema';
import { estimatePrice } from '../../model/priceEstimate';
import type { ModelInput, ModelInputs } from '../../schema/modelInputs';
import { buildRequestBody, buildUncheckedBody, listForm, withAddedValue } from '../../schema/requestBody';
import type { InputProblem } from '../../schema/validateInput';
import { invalidInput, RunComfyFailure } from '../../shared/failure';
import { BYTES_PER_MB } from '../../shared/units';
import { readBoolean, readChoice, readOptions } from '../shared/readParameters';
import { openBinaryInputs, type BinaryInput } from './binaryInputs';
import { fieldChanges } from './fieldChanges';
import { readEnteredInput, type EnteredInput } from './givenInput';

/** The whole body of a submit, as RunComfy's own clients bound it where it holds files. Bytes. */
const MOST_BODY_BYTES = 64 * BYTES_PER_MB;

/** What is ready to be submitted. */
export interface PreparedInput {
	body: Record<string, unknown>;
	/** For the item and for the run. */
	warnings: string[];
	/** USD, where it can be worked out. */
	estimatedPrice?: number;
}

/**
 * Makes the body of a submit from what an item holds, and refuses what the model would refuse.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected`, naming every problem at once
 */
export async function prepareInput(run: Run, itemIndex: number, modelId: string): Promise<PreparedInput> {
	const options = readOptions(run, itemIndex);
	const validation = readChoice(options.validation, 'Validation', ['strict', 'warn', 'off'], 'strict');
	const wantsMediaCheck = readBoolean(options.checkMedia, 'Check Media', true);
	const entered = readEnteredInput(run, itemIndex);
	const binaries = await openBinaryInputs(run, itemIndex);
	const schema = await run.schemaOf(modelId);
	// All items wait for the same schema; the work on each of them must not come in one go.
	await run.ownTurn();
	const { inputs } = schema;
	const { values, hints } = mergeValues(entered, schema, binaries);
	const given = { values, source: entered.source };
	const built = inputs ? buildRequestBody(inputs, given) : { body: buildUncheckedBody(given), problems: [], warnings: [] };

	const isOff = validation === 'off';
	const media =
		inputs && !isOff
			? await mediaProblems(run, inputs, built.body, binaries, wantsMediaCheck)
			: { problems: [], warnings: [] };
	const binaryProblems = inputs ? checkBinaryFields(inputs, binaries) : [];
	const problems = [...built.problems, ...binaryProblems, ...media.problems];
	const told = inputs ? problems.map((problem) => problemText(inputs, entered.source, problem)).join('; ') : '';
	if (problems.length > 0 && validation !== 'warn' && !isOff) throw refusal(modelId, problems, told);

	const body = await withEncodedFiles(built.body, binaries, modelId);
	const softened = problems.length > 0 && !isOff ? [`The input may not fit the model: ${told}`] : [];
	const checked = isOff ? [] : [...built.warnings, ...media.warnings, ...softened];
	const estimatedPrice = estimatePrice(schema.entry, inputs, built.body);
	return { body, warnings: [...schemaNotice(schema), ...hints, ...checked], estimatedPrice };
}

/** A file has to go into an input for media, and several only into a list. */
function checkBinaryFields({ inputs }: ModelInputs, binaries: BinaryInput[]): InputProblem[] {
	return binaries.flatMap(({ field, bytes }, index) => {
		const input = inputs.find(({ name }) => name === field);
		const isSecond = binaries.findIndex((other) => other.field === field) < index;
		if (input === undefined) return [{ name: field, text: 'is not an input of this model, so Binary Inputs cannot fill it' }];
		if (!takesFiles(input)) return [{ name: field, text: 'does not take a file from Binary Inputs' }];
		if (isSecond && listForm(input) === undefined) return [{ name: field, text: 'takes one file, and Binary Inputs gives it several' }];
		return bytes === 0 ? [{ name: field, text: 'is an empty file', isMedia: true }] : [];
	});
}

const HOLDS_WORDS = /prompt|text|caption|description|lyrics|script|style|name|title/i;

/** Some published inputs for media do not say that they are: a text may be the address of a file, unless its name says otherwise. */
function takesFiles({ kind, name }: ModelInput): boolean {
	return kind === 'media' || kind === 'union' || (kind === 'text' && !HOLDS_WORDS.test(name));
}

/** Saved fields that the model has no more are left out; what was added by hand stays. */
function mergeValues(entered: EnteredInput, schema: ModelSchema, binaries: BinaryInput[]) {
	const changes = schema.source === 'live' && schema.inputs ? fieldChanges(entered.savedFields, schema.inputs) : { gone: [] };
	const kept = Object.entries(entered.values).filter(([name]) => !changes.gone.includes(name));
	let values: Record<string, unknown> = { ...Object.fromEntries(kept), ...entered.additional };
	for (const { field, placeholder } of binaries) {
		const input = schema.inputs?.inputs.find(({ name }) => name === field);
		values = withAddedValue(values, field, placeholder, input);
	}
	return { values, hints: changes.hint ? [changes.hint] : [] };
}

async function mediaProblems(
	run: Run,
	inputs: ModelInputs,
	body: Record<string, unknown>,
	binaries: BinaryInput[],
	wantsLook: boolean,
) {
	const problems = checkAddresses(inputs, body, run.transport.endpoints.modelApi);
	if (!wantsLook) return { problems, warnings: [] };
	const look: MediaLooker = async (url, wantsPixels) =>
		binaries.find(({ placeholder }) => placeholder === url)?.look ?? (await run.lookAt(url, wantsPixels));
	const checked = await checkMedia(inputs, body, look);
	// An address that is refused anyway is told once.
	const named = new Set(problems.map(({ name, text }) => `${name} ${text}`));
	const further = checked.problems.filter(({ name, text }) => !named.has(`${name} ${text}`));
	return { problems: [...problems, ...further], warnings: checked.warnings };
}

function refusal(modelId: string, problems: InputProblem[], told: string): RunComfyFailure {
	if (!problems.every(({ isMedia }) => isMedia === true)) {
		return invalidInput(
			`The input does not fit the model: ${told}`,
			'Nothing was sent or charged. Correct the fields that are named, or set Validation in Options to Warn if the schema of the model is wrong.',
			modelId,
		);
	}
	return new RunComfyFailure({
		message: `The model cannot use a file: ${told}`,
		description: `Nothing was sent or charged. Give another file${problems.some(({ isSeen }) => isSeen) ? ', or switch Check Media off in Options if the check is wrong' : ''}.`,
		code: 'media_rejected',
		model_id: modelId,
		retryable: false,
		charged: 'no',
	});
}

/** Names an input as the form shows it, and in JSON by its property too. */
function problemText({ inputs }: ModelInputs, source: EnteredInput['source'], { name, text }: InputProblem): string {
	if (name === '') return text;
	const title = inputs.find((input) => input.name === name)?.title ?? name;
	return `${source === 'json' && title !== name ? `${title} (${name})` : title} ${text}`;
}

/** Files are encoded last, when nothing else speaks against the request. */
async function withEncodedFiles(
	body: Record<string, unknown>,
	binaries: BinaryInput[],
	modelId: string,
): Promise<Record<string, unknown>> {
	const encodedBytes = binaries.reduce((sum, { bytes }) => sum + Math.ceil(bytes / 3) * 4, dataUriBytes(body));
	if (encodedBytes > MOST_BODY_BYTES) {
		throw new RunComfyFailure({
			message: `The files of this request are too large to be sent along: ${Math.ceil(encodedBytes / BYTES_PER_MB)} MB as text, and 64 MB is the most (some 48 MB of files)`,
			description: 'Put them on a web server and enter their addresses instead. Nothing was sent or charged.',
			code: 'media_rejected',
			model_id: modelId,
			retryable: false,
			charged: 'no',
		});
	}
	if (binaries.length === 0) return body;
	const encoded = new Map<unknown, string>();
	for (const { placeholder, encode } of binaries) encoded.set(placeholder, await encode());
	const replace = (value: unknown): unknown => encoded.get(value) ?? (Array.isArray(value) ? value.map(replace) : value);
	return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, replace(value)]));
}

function dataUriBytes(value: unknown): number {
	if (typeof value === 'string') return /^data:/i.test(value) ? value.length : 0;
	if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + dataUriBytes(entry), 0);
	return typeof value === 'object' && value !== null ? dataUriBytes(Object.values(value)) : 0;
}

function schemaNotice({ source, reason }: ModelSchema): string[] {
	if (source === 'live') return [];
	return source === 'bundled'
		? [`${reason}. The schema that comes with this node was used instead, which may be older.`]
		: [`${reason}, so the input was sent without being checked.`];
}
