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

/** The most files probed per request; no model accepts as many. */
const MAX_PROBES = 60;

/** The outcome of a media check. */
export interface MediaCheck {
	problems: InputProblem[];
	/** About media that couldn't be probed. */
	warnings: string[];
}

/** Finds values that aren't URLs, or that RunComfy can't reach, without fetching anything. */
export function checkUrls(inputs: ModelInputs, body: Record<string, unknown>, modelApiUrl: string): InputProblem[] {
	return collectMedia(inputs, body).flatMap(({ input, url, path, isDeclared }) => {
		const problem = (text: string) => [{ name: input.name, text: `${path}${text}`, isMedia: true }];
		if (!isProbeable(url)) {
			// At the top level, the conversion has already reported it.
			return isDeclared && path !== '' && url !== ''
				? problem(`must be the URL of a file, not ${formatValue(url)}`)
				: [];
		}
		const isPrivate = !isDataUri(url) && isPrivateUrl(url) && !isSameOrigin(url, modelApiUrl);
		return isPrivate ? problem(PRIVATE) : [];
	});
}

/** Probes all media of a body and checks them against the model's rules. */
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
	const probed = await probe(url, rules.some(needsDimensions));
	if (probed.kind === 'unusable') {
		// A value that isn't a file at all is wrong even if the check is turned off.
		return {
			problems: [
				{
					name: input.name,
					text: `${path}${probed.reason}`,
					isMedia: true,
					isFromProbe: probed.isBroken !== true,
				},
			],
			warnings: [],
		};
	}
	if (probed.kind === 'unavailable') {
		return {
			problems: [],
			warnings: [`${input.title} ${path}couldn't be checked: ${probed.reason}. The node submits it anyway.`],
		};
	}
	const wrong = isDeclared ? wrongKind(types, probed.facts, isDataUri(url)) : undefined;
	if (wrong !== undefined)
		return {
			problems: [{ name: input.name, text: `${path}${wrong}`, isMedia: true, isFromProbe: true }],
			warnings: [],
		};
	const { broken, unknown } = checkMediaRules(rules, probed.facts);
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
