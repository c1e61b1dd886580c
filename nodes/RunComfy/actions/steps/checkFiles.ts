import type { ItemContext } from '../../execution/itemContext';
import { perRun } from '../../execution/perRun';
import { checkMedia, checkUrls, mediaProber, type MediaProber } from '../../media/checkMedia';
import type { ModelInput, ModelInputs } from '../../schema/modelInputs';
import { listForm } from '../../schema/requestBody';
import type { InputProblem } from '../../schema/validateInput';
import { base64Length, type BinaryInput } from './binaryInputs';

/** Probes each media URL once per run. */
const proberOf = perRun(({ context, clock, signal, transport }) =>
	mediaProber({ context, clock, signal, modelApiUrl: transport.endpoints.modelApi }),
);

/** A file must go into a media input, and several files into a list. */
export function checkBinaryFields(
	taker: 'model' | 'workflow',
	{ inputs }: ModelInputs,
	binaries: BinaryInput[],
): InputProblem[] {
	return binaries.flatMap(({ field, bytes, prefix }, index) => {
		const input = inputs.find(({ name }) => name === field);
		const isSecond = binaries.findIndex((other) => other.field === field) < index;
		if (input === undefined)
			return [{ name: field, text: `isn't an input of this ${taker}, so Binary Inputs can't fill it` }];
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

/** Checks the files that a body names: their URLs, and what the probes of them say. */
export async function mediaProblems(
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
