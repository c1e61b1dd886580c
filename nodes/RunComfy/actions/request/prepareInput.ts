import type { ItemContext } from '../../execution/itemContext';
import { RunComfyFailure } from '../../shared/failure';
import { targetKeys, type JobTarget } from '../../shared/job';
import { requireSendable } from '../steps/encodeBody';
import { checkInput, type CheckedInput, type NamedProblem } from './checkInput';

/** What is ready to be submitted. */
export type PreparedInput = Pick<CheckedInput, 'body' | 'files' | 'warnings' | 'estimatedPrice'>;

/**
 * Checks an item's input, and refuses what the model would refuse.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected`, naming every problem at once
 */
export async function prepareInput(item: ItemContext, modelId: string): Promise<PreparedInput> {
	const target: JobTarget = { family: 'model', targetId: modelId };
	const { problems, validation, warnings, body, files, estimatedPrice } = await checkInput(item, modelId);
	const sentences = problems.map(({ sentence }) => sentence).join('; ');
	if (problems.length > 0 && validation === 'strict') throw refusal(target, problems, sentences);
	requireSendable(target, { body, files });
	const softened = problems.length > 0 ? [`The input may not fit the model: ${sentences}`] : [];
	return { body, files, warnings: [...warnings, ...softened], estimatedPrice };
}

function refusal(target: JobTarget, problems: NamedProblem[], sentences: string): RunComfyFailure {
	const isInputWrong = problems.some(({ isMedia }) => isMedia !== true);
	const mayBeSchema = problems.some(({ isOfSchema }) => isOfSchema);
	const mayBeProbe = problems.some(({ isFromProbe }) => isFromProbe);
	const text = isInputWrong
		? {
				message: `The input doesn't fit the model: ${sentences}`,
				description: `Correct these fields${mayBeSchema ? ", or set Validation in Options to Warn if the model's schema is wrong" : ''}.`,
			}
		: {
				message: `The model can't use a file: ${sentences}`,
				description: `Use another file${mayBeProbe ? ', or turn off Check Media in Options if the check is wrong' : ''}.`,
			};
	return new RunComfyFailure({
		...text,
		code: isInputWrong ? 'invalid_input' : 'media_rejected',
		...targetKeys(target),
		retryable: false,
		charged: 'no',
	});
}
