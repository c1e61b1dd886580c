import { shown } from '../schema/valueTexts';
import type { ModelInputs } from '../schema/modelInputs';
import type { InputProblem } from '../schema/validateInput';
import { isPrivateUrl, isSameOrigin } from './addressPolicy';
import { collectMedia, type MediaValue } from './collectMedia';
import { isDataUri } from './probeDataUri';
import { PRIVATE } from './probeMedia';
import { wrongKind } from './mediaKind';
import type { MediaProber } from './mediaProber';
import { checkMediaRules, needsPixels, type MediaRule } from './mediaRules';

export { mediaProber, type MediaProber } from './mediaProber';

/** More files than any model takes are not all looked at. */
const MAX_LOOKS = 60;

/** What became of the media of a request. */
export interface MediaCheck {
	problems: InputProblem[];
	/** About media that nobody could look at. */
	warnings: string[];
}

/** Refuses addresses that are none, or that RunComfy cannot reach; nothing is fetched for that. */
export function checkAddresses(
	inputs: ModelInputs,
	body: Record<string, unknown>,
	modelApiUrl: string,
): InputProblem[] {
	return collectMedia(inputs, body).flatMap(({ input, url, place, isCertain }) => {
		const problem = (text: string) => [{ name: input.name, text: `${place}${text}`, isMedia: true }];
		if (!isLookable(url)) {
			// At the top of the input the conversion has told it already.
			return isCertain && place !== '' && url !== ''
				? problem(`must be the URL of a file, not ${shown(url)}`)
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
	look: MediaProber,
): Promise<MediaCheck> {
	const media = collectMedia(inputs, body)
		.filter(({ url }) => isLookable(url))
		.slice(0, MAX_LOOKS);
	const checks = await Promise.all(media.map(async (entry) => await checkOne(entry, look)));
	return {
		problems: checks.flatMap(({ problems }) => problems),
		warnings: checks.flatMap(({ warnings }) => warnings),
	};
}

function isLookable(url: string): boolean {
	return isDataUri(url) || (/^https?:\/\//i.test(url) && URL.canParse(url));
}

async function checkOne(
	{ input, url, place, rules, types, isCertain }: MediaValue,
	look: MediaProber,
): Promise<MediaCheck> {
	const seen = await look(url, rules.some(needsPixels));
	if (seen.kind === 'unusable') {
		// What is no file at all is not a matter of the check.
		return {
			problems: [
				{ name: input.name, text: `${place}${seen.reason}`, isMedia: true, isSeen: seen.isBroken !== true },
			],
			warnings: [],
		};
	}
	if (seen.kind === 'unseen') {
		return {
			problems: [],
			warnings: [`${input.title} ${place}couldn't be checked: ${seen.reason}. The node submits it anyway.`],
		};
	}
	const wrong = isCertain ? wrongKind(types, seen.facts, isDataUri(url)) : undefined;
	if (wrong !== undefined)
		return {
			problems: [{ name: input.name, text: `${place}${wrong}`, isMedia: true, isSeen: true }],
			warnings: [],
		};
	const { broken, unknown } = checkMediaRules(rules, seen.facts);
	return {
		problems: broken.map((text) => ({
			name: input.name,
			text: `${place}isn't accepted by the model: ${text}`,
			isMedia: true,
			isSeen: true,
		})),
		warnings:
			unknown.length > 0
				? [
						`${input.title} ${place}couldn't be checked for ${unknownText(unknown)}. The node submits it anyway.`,
					]
				: [],
	};
}

function unknownText(rules: MediaRule[]): string {
	return rules.some(needsPixels) ? 'width and height' : 'file size';
}
