import type { ModelInput, ModelInputs } from '../schema/modelInputs';
import type { InputProblem } from '../schema/validateInput';
import { isPrivateUrl, isSameOrigin } from './addressPolicy';
import { lookAtMedia, PRIVATE, type LookOptions, type MediaLook } from './lookAtMedia';
import { checkMediaRules, needsPixels, parseMediaRules, type MediaRule } from './mediaRules';

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

/** Refuses addresses that RunComfy cannot reach; nothing is fetched for that. */
export function checkAddresses(inputs: ModelInputs, body: Record<string, unknown>, modelApiUrl: string): InputProblem[] {
	return mediaUrls(inputs, body)
		.filter(({ url }) => /^https?:/i.test(url) && isPrivateUrl(url) && !isSameOrigin(url, modelApiUrl))
		.map(({ input, place }) => ({ name: input.name, text: `${place}${PRIVATE}`, isMedia: true }));
}

/** Checks all media of a body against the model's rules, before anything is paid. */
export async function checkMedia(
	inputs: ModelInputs,
	body: Record<string, unknown>,
	look: MediaLooker,
): Promise<MediaCheck> {
	const checks = await Promise.all(mediaUrls(inputs, body).map(async (entry) => await checkOne(entry, look)));
	return {
		problems: checks.flatMap(({ problems }) => problems),
		warnings: checks.flatMap(({ warnings }) => warnings),
	};
}

interface MediaUrl {
	input: ModelInput;
	url: string;
	/** Which one of several, for a message. */
	place: string;
}

function mediaUrls(inputs: ModelInputs, body: Record<string, unknown>): MediaUrl[] {
	return inputs.inputs
		.filter((input) => input.media !== undefined)
		.flatMap((input) => {
			const value = body[input.name];
			const urls = (Array.isArray(value) ? value : [value]) as unknown[];
			return urls.map((url, index) => ({ input, url, place: urls.length > 1 ? `(entry ${index + 1}) ` : '' }));
		})
		.filter((entry): entry is MediaUrl => typeof entry.url === 'string' && isLookable(entry.url));
}

function isLookable(url: string): boolean {
	return /^data:[^,]*,./i.test(url) || (/^https?:\/\//i.test(url) && URL.canParse(url));
}

async function checkOne({ input, url, place }: MediaUrl, look: MediaLooker): Promise<MediaCheck> {
	const rules = parseMediaRules(input.schema.validations);
	const seen = await look(url, rules.some(needsPixels));
	if (seen.kind === 'unusable') {
		return { problems: [{ name: input.name, text: `${place}${seen.reason}`, isMedia: true }], warnings: [] };
	}
	if (seen.kind === 'unseen') {
		return { problems: [], warnings: [`${input.title} ${place}could not be checked: ${seen.reason}. It was sent all the same.`] };
	}
	const { broken, unknown } = checkMediaRules(rules, seen.facts);
	return {
		problems: broken.map((text) => ({ name: input.name, text: `${place}is not accepted by the model: ${text}`, isMedia: true })),
		warnings: unknown.length > 0 ? [`${input.title} ${place}could not be checked for its ${unknownText(unknown)}. It was sent all the same.`] : [],
	};
}

function unknownText(rules: MediaRule[]): string {
	return rules.some(needsPixels) ? 'width and height' : 'file size';
}
