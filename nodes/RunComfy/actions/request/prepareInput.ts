import type { ItemContext } from '../../execution/itemContext';
import { invalidInput, RunComfyFailure } from '../../shared/failure';
import { BYTES_PER_MB } from '../../shared/units';
import { base64Length } from '../steps/binaryInputs';
import { checkInput, type CheckedInput, type NamedProblem } from './checkInput';

/** The whole body of a submit, as RunComfy's own clients bound it where it holds files. Bytes. */
const MAX_BODY_BYTES = 64 * BYTES_PER_MB;

/** What is ready to be submitted. */
export type PreparedInput = Pick<CheckedInput, 'body' | 'files' | 'warnings' | 'estimatedPrice'>;

/**
 * Checks an item's input, and refuses what the model would refuse.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected`, naming every problem at once
 */
export async function prepareInput(item: ItemContext, modelId: string): Promise<PreparedInput> {
	const { problems, validation, warnings, body, files, estimatedPrice } = await checkInput(item, modelId);
	const sentences = problems.map(({ sentence }) => sentence).join('; ');
	if (problems.length > 0 && validation === 'strict') throw refusal(modelId, problems, sentences);
	requireSendable(modelId, body, files);
	const softened = problems.length > 0 ? [`The input may not fit the model: ${sentences}`] : [];
	return { body, files, warnings: [...warnings, ...softened], estimatedPrice };
}

function refusal(modelId: string, problems: NamedProblem[], sentences: string): RunComfyFailure {
	const ofInput = problems.filter(({ isMedia }) => isMedia !== true);
	const mayBeSchema = problems.some(({ isOfSchema }) => isOfSchema);
	if (ofInput.length > 0) {
		return invalidInput(
			`The input doesn't fit the model: ${sentences}`,
			`Correct these fields${mayBeSchema ? ", or set Validation in Options to Warn if the model's schema is wrong" : ''}.`,
			modelId,
		);
	}
	return new RunComfyFailure({
		message: `The model can't use a file: ${sentences}`,
		description: `Use another file${problems.some(({ isFromProbe }) => isFromProbe) ? ', or turn off Check Media in Options if the check is wrong' : ''}.`,
		code: 'media_rejected',
		model_id: modelId,
		retryable: false,
		charged: 'no',
	});
}

/** @throws RunComfyFailure `media_rejected` when the files are too large to be sent along */
export function requireSendable(modelId: string, body: CheckedInput['body'], files: CheckedInput['files']): void {
	const encodedBytes = files.reduce((sum, { bytes }) => sum + base64Length(bytes), dataUriBytes(body));
	if (encodedBytes <= MAX_BODY_BYTES) return;
	throw new RunComfyFailure({
		message: `The files of this request are too large to send: ${Math.ceil(encodedBytes / BYTES_PER_MB)} MB as text, but the limit is 64 MB (about 48 MB of files)`,
		description: 'Upload them to a web server and enter their URLs instead.',
		code: 'media_rejected',
		model_id: modelId,
		retryable: false,
		charged: 'no',
	});
}

function dataUriBytes(value: unknown): number {
	if (typeof value === 'string') return /^data:/i.test(value) ? value.length : 0;
	if (Array.isArray(value)) return value.reduce<number>((sum, entry) => sum + dataUriBytes(entry), 0);
	return typeof value === 'object' && value !== null ? dataUriBytes(Object.values(value)) : 0;
}
