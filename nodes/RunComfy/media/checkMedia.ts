import { shown } from '../schema/valueTexts';
import type { ModelInputs } from '../schema/modelInputs';
import type { InputProblem } from '../schema/validateInput';
import { isPrivateUrl, isSameOrigin } from './addressPolicy';
import { collectMedia, type MediaValue } from './collectMedia';
import { lookAtMedia, PRIVATE, type LookOptions, type MediaLook } from './lookAtMedia';
import { wrongKind } from './mediaKind';
import { checkMediaRules, needsPixels, type MediaRule } from './mediaRules';

/** More files than any model takes are not all looked at, and not all at once. */
const MOST_LOOKS = 60;
const LOOKS_AT_ONCE = 6;

/** What became of the media of a request. */
export interface MediaCheck {
	problems: InputProblem[];
	/** About media that nobody could look at. */
	warnings: string[];
}

/** Looks at a URL once, however many items of a run use it. */
export type MediaLooker = (url: string, wantsPixels: boolean) => Promise<MediaLook>;

/** A looker that remembers what it saw, for the time of a run. */
export function mediaLooker(options: Omit<LookOptions, 'wantsPixels'>): MediaLooker {
	const seen = new Map<string, Promise<MediaLook>>();
	return async (url, wantsPixels) => {
		// A data URI is in the item already, and far too long for a key.
		if (/^data:/i.test(url)) return await lookAtMedia(url, { ...options, wantsPixels });
		const key = `${wantsPixels} ${url}`;
		const known = seen.get(key) ?? lookAtMedia(url, { ...options, wantsPixels });
		seen.set(key, known);
		return await known;
	};
}

/** Refuses addresses that are none, or that RunComfy cannot reach; nothing is fetched for that. */
export function checkAddresses(inputs: ModelInputs, body: Record<string, unknown>, modelApiUrl: string): InputProblem[] {
	return collectMedia(inputs, body).flatMap(({ input, url, place, isCertain }) => {
		const problem = (text: string) => [{ name: input.name, text: `${place}${text}`, isMedia: true }];
		if (!isLookable(url)) {
			// At the top of the input the conversion has told it already.
			return isCertain && place !== '' && url !== '' ? problem(`has to be the web address of a file, not ${shown(url)}`) : [];
		}
		const isPrivate = !/^data:/i.test(url) && isPrivateUrl(url) && !isSameOrigin(url, modelApiUrl);
		return isPrivate ? problem(PRIVATE) : [];
	});
}

/** Checks all media of a body against the model's rules, before anything is paid. */
export async function checkMedia(
	inputs: ModelInputs,
	body: Record<string, unknown>,
	look: MediaLooker,
): Promise<MediaCheck> {
	const media = collectMedia(inputs, body).filter(({ url }) => isLookable(url)).slice(0, MOST_LOOKS);
	const checks: MediaCheck[] = [];
	for (let start = 0; start < media.length; start += LOOKS_AT_ONCE) {
		const wave = media.slice(start, start + LOOKS_AT_ONCE);
		checks.push(...(await Promise.all(wave.map(async (entry) => await checkOne(entry, look)))));
	}
	return {
		problems: checks.flatMap(({ problems }) => problems),
		warnings: checks.flatMap(({ warnings }) => warnings),
	};
}

function isLookable(url: string): boolean {
	return /^data:[^,]*,./is.test(url) || (/^https?:\/\//i.test(url) && URL.canParse(url));
}

async function checkOne({ input, url, place, rules, types, isCertain }: MediaValue, look: MediaLooker): Promise<MediaCheck> {
	const seen = await look(url, rules.some(needsPixels));
	if (seen.kind === 'unusable') {
		return { problems: [{ name: input.name, text: `${place}${seen.reason}`, isMedia: true, isSeen: true }], warnings: [] };
	}
	if (seen.kind === 'unseen') {
		return { problems: [], warnings: [`${input.title} ${place}could not be checked: ${seen.reason}. It was sent all the same.`] };
	}
	const wrong = isCertain ? wrongKind(types, seen.facts, /^data:/i.test(url)) : undefined;
	if (wrong !== undefined) return { problems: [{ name: input.name, text: `${place}${wrong}`, isMedia: true, isSeen: true }], warnings: [] };
	const { broken, unknown } = checkMediaRules(rules, seen.facts);
	return {
		problems: broken.map((text) => ({ name: input.name, text: `${place}is not accepted by the model: ${text}`, isMedia: true, isSeen: true })),
		warnings: unknown.length > 0 ? [`${input.title} ${place}could not be checked for its ${unknownText(unknown)}. It was sent all the same.`] : [],
	};
}

function unknownText(rules: MediaRule[]): string {
	return rules.some(needsPixels) ? 'width and height' : 'file size';
}
