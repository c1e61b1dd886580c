import { formatValue } from '../schema/formatValue';
import type { ModelInputs } from '../schema/modelInputs';
import type { InputProblem } from '../schema/validateInput';
import { isPrivateUrl, isSameOrigin } from './privateUrl';
import { collectMedia, type MediaValue } from './collectMedia';
import { isDataUri } from './probeDataUri';
import { PRIVATE } from './probeMedia';
import { wrongKind } from './mediaKind';
import type { MediaProber } from './mediaProber';
import { checkMediaRules, needsDimensions, type MediaRule } from './mediaRules';

export { mediaProber, type MediaProber } from './mediaProber';

/** More files than any model takes are not all looked at. */
const MAX_PROBES = 60;

/** What became of the media of a request. */
export interface MediaCheck {
	problems: InputProblem[];
	/** About media that nobody could look at. */
	warnings: string[];
}

/** Refuses addresses that are none, or that RunComfy cannot reach; nothing is fetched for that. */
export function checkUrls(inputs: ModelInputs, body: Record<string, unknown>, modelApiUrl: string): InputProblem[] {
	return collectMedia(inputs, body).flatMap(({ input, url, path, isDeclared }) => {
		const problem = (text: string) => [{ name: input.name, text: `${path}${text}`, isMedia: true }];
		if (!isProbeable(url)) {
			// At the top of the input the conversion has told it already.
			return isDeclared && path !== '' && url !== ''
				? problem(`must be the URL of a file, not ${formatValue(url)}`)
				: [];
		}
		const isPrivate = !isDataUri(url) && isPrivateUrl(url) && !isSameOrigin(url, modelApiUrl);
		return isPrivate ? problem(PRIVATE) : [];
	});
}

/** Checks all media of a body against the model's rules, before anything is paid. */
export async function checkMedia(
	inputs: ModelInputs,
	body: Record<string, unknown>,
	probe: MediaProber,
): Promise<MediaCheck> {
	const media = collectMedia(inputs, body)
		.filter(({ url }) => isProbeable(url))
		.slice(0, MAX_PROBES);
	const checks = await Promise.all(media.map(async (entry) => await checkOne(entry, probe)));
	return {
		problems: checks.flatMap(({ problems }) => problems),
		warnings: checks.flatMap(({ warnings }) => warnings),
	};
}

function isProbeable(url: string): boolean {
	return isDataUri(url) || (/^https?:\/\//i.test(url) && URL.canParse(url));
}

async function checkOne(
	{ input, url, path, rules, types, isDeclared }: MediaValue,
	probe: MediaProber,
): Promise<MediaCheck> {
	const seen = await probe(url, rules.some(needsDimensions));
	if (seen.kind === 'unusable') {
		// What is no file at all is not a matter of the check.
		return {
			problems: [
				{ name: input.name, text: `${path}${seen.reason}`, isMedia: true, isFromProbe: seen.isBroken !== true },
			],
			warnings: [],
		};
	}
	if (seen.kind === 'unavailable') {
		return {
			problems: [],
			warnings: [`${input.title} ${path}couldn't be checked: ${seen.reason}. The node submits it anyway.`],
		};
	}
	const wrong = isDeclared ? wrongKind(types, seen.facts, isDataUri(url)) : undefined;
	if (wrong !== undefined)
		return {
			problems: [{ name: input.name, text: `${path}${wrong}`, isMedia: true, isFromProbe: true }],
			warnings: [],
		};
	const { broken, unknown } = checkMediaRules(rules, seen.facts);
	return {
		problems: broken.map((text) => ({
			name: input.name,
			text: `${path}isn't accepted by the model: ${text}`,
			isMedia: true,
			isSeen: true,
		})),
		warnings:
			unknown.length > 0
				? [`${input.title} ${path}couldn't be checked for ${unknownText(unknown)}. The node submits it anyway.`]
				: [],
	};
}

function unknownText(rules: MediaRule[]): string {
	return rules.some(needsDimensions) ? 'width and height' : 'file size';
}
