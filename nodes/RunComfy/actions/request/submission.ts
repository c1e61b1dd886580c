import { submitRequest, type AcceptedRequest } from '../../api/requests';
import { progressLog } from '../../execution/progressLog';
import type { Run } from '../../execution/run';
import { invalidInput } from '../../failures/failure';
import { buildRequestBody, type GivenInput } from '../../schema/requestBody';
import type { ModelInputs } from '../../schema/modelInputs';
import type { InputProblem } from '../../schema/validateInput';
import { isJsonObject, parseJson } from '../../shared/json';
import { readModelId } from '../shared/modelField';

/** A submit that was accepted. */
export interface Submitted {
	modelId: string;
	accepted: AcceptedRequest;
	/** For the item, and already shown as hints on the run. */
	warnings: string[];
}

/**
 * Reads an item's input, checks it against the model's schema and submits it. This is what is paid for.
 *
 * @throws RunComfyFailure `invalid_input` before anything was sent, or how the submit failed
 */
export async function submitItem(run: Run, itemIndex: number): Promise<Submitted> {
	const modelId = readModelId(run, itemIndex);
	const given = readGivenInput(run, itemIndex);
	const { inputs, notice } = await run.schemaOf(modelId);
	const checked = inputs ? checkInput(run, itemIndex, modelId, inputs, given) : unchecked(given);
	const warnings = [...(notice ? [notice] : []), ...checked.warnings];
	for (const warning of warnings) run.hint(warning);
	const accepted = await submitRequest(run.transport, modelId, checked.body, run.signal);
	progressLog(run, itemIndex, accepted.requestId).accepted(modelId);
	return { modelId, accepted, warnings };
}

function readGivenInput(run: Run, itemIndex: number): GivenInput {
	const { context } = run;
	const source = context.getNodeParameter('specifyInput', itemIndex, 'fields') === 'json' ? 'json' : 'fields';
	const values =
		source === 'json'
			? readJsonObject(context.getNodeParameter('inputJson', itemIndex, '{}'), 'Input (JSON)')
			: readFields(context.getNodeParameter('modelInput', itemIndex, {}));
	const options = context.getNodeParameter('options', itemIndex, {});
	const additional = readJsonObject(options.additionalInputs ?? {}, 'Additional Inputs');
	return { values: { ...values, ...additional }, source };
}

/** The whole parameter is read, because n8n refuses what expressions make of a choice when it is read by path. */
function readFields(parameter: unknown): Record<string, unknown> {
	return isJsonObject(parameter) && isJsonObject(parameter.value) ? parameter.value : {};
}

function readJsonObject(value: unknown, parameterName: string): Record<string, unknown> {
	if (value === null || value === undefined) return {};
	const parsed = typeof value === 'string' ? (value.trim() === '' ? {} : parseJson(value)) : value;
	if (isJsonObject(parsed)) return parsed;
	throw invalidInput(
		`${parameterName} is not a JSON object`,
		'It has to look like {"prompt": "a cat"}: names and texts in double quotes, no comma after the last entry.',
	);
}

interface CheckedInput {
	body: Record<string, unknown>;
	warnings: string[];
}

/** Without a schema all that can be done is to leave out what was not set. */
function unchecked(given: GivenInput): CheckedInput {
	const isSet = ([, value]: [string, unknown]) =>
		value !== null && value !== undefined && (value !== '' || given.source === 'json');
	return { body: Object.fromEntries(Object.entries(given.values).filter(isSet)), warnings: [] };
}

function checkInput(
	run: Run,
	itemIndex: number,
	modelId: string,
	inputs: ModelInputs,
	given: GivenInput,
): CheckedInput {
	const { body, problems, warnings } = buildRequestBody(inputs, given);
	const { validation = 'strict' } = run.context.getNodeParameter('options', itemIndex, {});
	if (validation === 'off' || problems.length === 0) return { body, warnings: validation === 'off' ? [] : warnings };
	const told = problems.map((problem) => problemText(inputs, given, problem)).join('; ');
	if (validation === 'warn') return { body, warnings: [...warnings, `The input may not fit the model: ${told}`] };
	throw invalidInput(
		`The input does not fit the model: ${told}`,
		'Nothing was sent or charged. Correct the fields that are named, or set Validation in Options to Warn if the schema of the model is wrong.',
		modelId,
	);
}

/** Names an input as the form shows it, and in JSON by its property too. */
function problemText(inputs: ModelInputs, given: GivenInput, problem: InputProblem): string {
	if (problem.name === '') return problem.text;
	const title = inputs.inputs.find((input) => input.name === problem.name)?.title ?? problem.name;
	const name = given.source === 'json' && title !== problem.name ? `${title} (${problem.name})` : title;
	return `${name} ${problem.text}`;
}
