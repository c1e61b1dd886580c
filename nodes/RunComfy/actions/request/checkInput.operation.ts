import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { parseDataUri } from '../../files/dataUri';
import { throwAsIs, RunComfyFailure } from '../../shared/failure';
import { isJsonObject } from '../../shared/json';
import { readModelId } from '../parameters/modelField';
import { optionsField } from '../parameters/optionsField';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { maxConcurrencyOption } from '../parameters/runOptions';
import { submitFields } from './submitFields';
import { additionalInputsOption, checkMediaOption } from '../parameters/submitOptions';
import { base64Length } from '../steps/binaryInputs';
import { requireSendable } from '../steps/encodeBody';
import type { CheckedInput } from '../steps/checkedInput';
import { checkInput } from './checkInput';

/** Longer data URIs appear in the item as a file. Characters. */
const MAX_DATA_URI = 1_000;

const properties: INodeProperties[] = [
	...submitFields,
	optionsField([additionalInputsOption, checkMediaOption, includeInputFieldsOption, maxConcurrencyOption]),
];

export const description = updateDisplayOptions(
	{ show: { resource: ['request'], operation: ['checkInput'] } },
	properties,
);

/** What is wrong with an item's input, as data. */
interface Problem {
	/** RunComfy's name of the input; empty when it is about the input as a whole. */
	field: string;
	message: string;
}

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	let modelId: string | undefined;
	try {
		modelId = await readModelId(item);
		const checked = await checkInput(item, modelId);
		item.showWarnings(checked.warnings);
		const problems = [
			...checked.problems.map(({ name, sentence }) => ({ field: name, message: sentence })),
			...sizeProblems(modelId, checked),
		];
		return [checkedItem(modelId, problems, checked)];
	} catch (error) {
		if (!isAboutInput(error)) return throwAsIs(error);
		return [checkedItem(modelId, [{ field: '', message: error.details.message }])];
	}
}

function checkedItem(modelId: string | undefined, problems: Problem[], checked?: CheckedInput): OutputItem {
	const { warnings = [], estimatedPrice } = checked ?? {};
	return {
		json: {
			...(modelId === undefined ? {} : { model_id: modelId }),
			valid: problems.length === 0,
			problems,
			warnings,
			...(checked ? { input: inputPreview(checked) } : {}),
			...(estimatedPrice === undefined ? {} : { estimated_cost_usd: Number(estimatedPrice.toFixed(6)) }),
		},
	};
}

/** Invalid input is data here; an invalid credential is an error. */
function isAboutInput(error: unknown): error is RunComfyFailure {
	return (
		error instanceof RunComfyFailure &&
		['invalid_input', 'media_rejected', 'not_found'].includes(error.details.code)
	);
}

function sizeProblems(modelId: string, { body, files }: CheckedInput): Problem[] {
	try {
		requireSendable({ family: 'model', targetId: modelId }, { body, files });
		return [];
	} catch (error) {
		if (!isAboutInput(error)) return throwAsIs(error);
		return [{ field: '', message: error.details.message }];
	}
}

/** The body that would be sent, with a summary in place of each file. */
function inputPreview({ body, files }: CheckedInput): IDataObject {
	const byPlaceholder = new Map<unknown, IDataObject>(
		files.map(({ placeholder, fileName, mimeType, bytes }) => [
			placeholder,
			{ file: fileName, mime_type: mimeType, bytes },
		]),
	);
	const preview = (value: unknown): unknown => {
		const file = byPlaceholder.get(value);
		if (file) return file;
		if (typeof value === 'string')
			return value.length > MAX_DATA_URI && /^data:[^,]{0,300},/i.test(value) ? dataUriPreview(value) : value;
		if (Array.isArray(value)) return value.map(preview);
		return isJsonObject(value)
			? Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, preview(entry)]))
			: value;
	};
	return preview(body) as IDataObject;
}

function dataUriPreview(uri: string): IDataObject {
	const { mimeType, isBase64, payload } = parseDataUri(uri);
	return {
		file: 'data URI',
		mime_type: mimeType,
		bytes: isBase64 ? Math.floor((payload.length / base64Length(3)) * 3) : payload.length,
	};
}
