import type { InputProblem } from '../../schema/validateInput';
import { RunComfyFailure } from '../../shared/failure';
import { targetKeys, type JobTarget } from '../../shared/job';
import { requireSendable, type InputWithFiles } from './encodeBody';

/** A problem as it is reported: with the name of its input, and as a sentence for users. */
export interface NamedProblem extends InputProblem {
	/** Starts with the input's title, such as `Seed must be a number, not "x"`. */
	sentence: string;
	/** Whether the schema says so, which can be wrong. */
	isOfSchema: boolean;
}

/** Everything that can be said about an item's input without submitting it. */
export interface CheckedInput extends InputWithFiles {
	/** In the order of the inputs; empty where Validation is off. */
	problems: NamedProblem[];
	/** For the item and for the run. */
	warnings: string[];
	/** USD, if it can be estimated. */
	estimatedPrice?: number;
	validation: 'strict' | 'warn' | 'off';
}

/** What is ready to be submitted. */
export type PreparedInput = Pick<CheckedInput, 'body' | 'files' | 'warnings' | 'estimatedPrice'>;

/** What takes the input, as messages name it. */
const TAKER = { model: 'model', deployment: 'workflow' } as const;

/** Where a check may be wrong. */
const CHECKED_AGAINST = { model: "the model's schema", deployment: "the workflow's node definitions" } as const;

/**
 * Refuses an input that would be refused, or makes warnings of its problems where the author wants that.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected`, naming every problem at once
 */
export function requirePassed(target: JobTarget, checked: CheckedInput): PreparedInput {
	const { problems, validation, warnings, body, files, estimatedPrice } = checked;
	const sentences = problems.map(({ sentence }) => sentence).join('; ');
	if (problems.length > 0 && validation === 'strict') throw refusal(target, problems, sentences);
	requireSendable(target, { body, files });
	const softened = problems.length > 0 ? [`The input may not fit the ${TAKER[target.family]}: ${sentences}`] : [];
	return { body, files, warnings: [...warnings, ...softened], estimatedPrice };
}

function refusal(target: JobTarget, problems: NamedProblem[], sentences: string): RunComfyFailure {
	const isInputWrong = problems.some(({ isMedia }) => isMedia !== true);
	const mayBeSchema = problems.some(({ isOfSchema }) => isOfSchema);
	const mayBeProbe = problems.some(({ isFromProbe }) => isFromProbe);
	const schema = CHECKED_AGAINST[target.family];
	const text = isInputWrong
		? {
				message: `The input doesn't fit the ${TAKER[target.family]}: ${sentences}`,
				description: `Correct these fields${mayBeSchema ? `, or set Validation in Options to Warn if ${schema} ${target.family === 'model' ? 'is' : 'are'} wrong` : ''}.`,
			}
		: {
				message: `The ${TAKER[target.family]} can't use a file: ${sentences}`,
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
