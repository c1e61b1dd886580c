import type { CatalogEntry } from '../api/model/catalog';
import type { ModelInputs } from '../schema/modelInputs';
import { isJsonObject } from '../shared/json';
import { FRAMES_PER_SECOND } from '../shared/units';

/**
 * Estimates the cost of a request in USD: the catalog's base price, times what its unit counts. The actual charge also
 * depends on resolution, sound and more (seen in RunComfy's own client), so this is a lower bound.
 *
 * @returns undefined when it can't be estimated
 */
export function estimatePrice(
	entry: CatalogEntry | undefined,
	inputs: ModelInputs | undefined,
	body: Record<string, unknown>,
): number | undefined {
	const base = entry?.base_price_usd;
	if (typeof base !== 'number' || !Number.isFinite(base) || base < 0) return undefined;
	const unit = readUnit(String(entry?.price_unit ?? ''));
	const count = unit && UNITS.find(({ words }) => words.test(unit.word))?.count;
	const counted = unit && count?.({ inputs, body });
	const price = counted === undefined ? NaN : (base * counted) / (unit?.amount ?? 1);
	return Number.isFinite(price) ? price : undefined;
}

/** A request, and the schema with the defaults that RunComfy uses for what the request leaves out. */
interface Asked {
	/** Undefined when no schema is known: then only the body counts. */
	inputs: ModelInputs | undefined;
	body: Record<string, unknown>;
}

/**
 * What the words of a unit count. `second` and `output` were seen in the catalog; the others are used by other services
 * for such models (inferred). An unknown word gives no estimate.
 */
const UNITS: Array<{ words: RegExp; count: (asked: Asked) => number | undefined }> = [
	{ words: /^(request|run)s?$/, count: () => 1 },
	{ words: /^((output|generation)s?)?$/, count: (asked) => outputsOf(asked, 'image|video|audio|song') },
	{ words: /^(image|picture)s?$/, count: (asked) => outputsOf(asked, 'image') },
	{ words: /^(video|clip)s?$/, count: (asked) => outputsOf(asked, 'video') },
	{ words: /^(audio|song|track)s?$/, count: (asked) => outputsOf(asked, 'audio|song') },
	{ words: /^s(ec(ond)?s?)?$/, count: (asked) => times(secondsOf(asked), outputsOf(asked, 'video|audio|song')) },
	{ words: /^(mp|megapixels?)$/, count: (asked) => times(megapixelsOf(asked), outputsOf(asked, 'image')) },
	{ words: /^char(acter)?s?$/, count: charactersOf },
];

/** Reads `second`, `per image`, `/ 1,000 characters`, `1k characters`. */
function readUnit(text: string): { amount: number; word: string } | undefined {
	const match = /^(?:(?:usd|\$)?\s*(?:per\b|\/))?\s*(?:([\d.,]+)\s*(k\b|m\b)?\s*)?([a-z]*)$/.exec(
		text.trim().toLowerCase(),
	);
	if (match === null) return undefined;
	const [, figures, scale = '', word = ''] = match;
	const amount = figures === undefined ? 1 : Number(figures.replace(/,/g, '')) * ({ k: 1e3, m: 1e6 }[scale] ?? 1);
	return Number.isFinite(amount) && amount > 0 ? { amount, word } : undefined;
}

/**
 * How many outputs are requested, by the names of inputs (`num_images` was seen in published schemas, the others in
 * those of other services). Such an input that isn't a number may mean any count.
 *
 * @param kinds the kinds of output that the unit is about: a video model's `num_images` says nothing about its videos
 */
function outputsOf({ inputs, body }: Asked, kinds: string): number | undefined {
	const things = `(?:${kinds}|output|sample|generation|result|variation)s?`;
	const named = new RegExp(
		`^(?:n|count|batch_?(?:size|count)|(?:n|num|number_of|no_of)_${things}|${things}_count)$`,
		'i',
	);
	const names = (inputs ? inputs.inputs.map(({ name }) => name) : Object.keys(body)).filter((name) =>
		named.test(name),
	);
	return names.reduce<number | undefined>((product, name) => {
		const value = valueOf({ inputs, body }, name);
		return times(product, value === undefined ? 1 : numberOf(value, ''));
	}, 1);
}

const DURATIONS = [
	'duration',
	'duration_seconds',
	'duration_in_seconds',
	'seconds',
	'video_duration',
	'audio_duration',
];
const FRAMES = ['number_of_frames', 'num_frames'];
const RATES = ['fps', 'frame_rate', 'frames_per_second'];

/** Durations are numbers or texts such as `5s`; Dreamina has frames, at a fixed rate (contract). */
function secondsOf(asked: Asked): number | undefined {
	for (const name of DURATIONS) {
		const seconds = numberOf(valueOf(asked, name), '(?:s|secs?|seconds?)');
		if (seconds !== undefined) return seconds;
	}
	const frames = FRAMES.map((name) => numberOf(valueOf(asked, name), '')).find((value) => value !== undefined);
	const rate = RATES.map((name) => valueOf(asked, name)).find((value) => value !== undefined);
	const perSecond = rate === undefined ? FRAMES_PER_SECOND : numberOf(rate, '(?:fps)');
	return frames === undefined || perSecond === undefined ? undefined : frames / perSecond;
}

/** By width and height, or a size such as `1024x1024`. Named sizes give no estimate. */
function megapixelsOf(asked: Asked): number | undefined {
	const sides = [asked.body, ...['size', 'image_size', 'resolution'].map((name) => valueOf(asked, name))].map(
		(value) => {
			if (typeof value === 'string') return /^\s*(\d+)\s*[x×*]\s*(\d+)\s*$/i.exec(value)?.slice(1).map(Number);
			if (!isJsonObject(value)) return undefined;
			const source = value === asked.body ? asked : { inputs: undefined, body: value };
			return ['width', 'height'].map((name) => numberOf(valueOf(source, name), '') ?? NaN);
		},
	);
	const pixels = sides.map((pair) => (pair?.[0] ?? NaN) * (pair?.[1] ?? NaN)).filter((value) => value > 0);
	return pixels.length === 0 ? undefined : Math.max(...pixels) / 1e6;
}

/** Of the text that is spoken or drawn. UTF-16 counts some characters twice, so this is never too low. */
function charactersOf(asked: Asked): number | undefined {
	const name = ['text', 'prompt'].find(
		(entry) => asked.inputs?.inputs.some((input) => input.name === entry) ?? entry in asked.body,
	);
	const text = name === undefined ? undefined : valueOf(asked, name);
	return typeof text === 'string' && text !== '' ? text.length : undefined;
}

/** RunComfy uses the schema's defaults for what the body lacks. */
function valueOf({ inputs, body }: Asked, name: string): unknown {
	return body[name] ?? inputs?.inputs.find((input) => input.name === name)?.default ?? undefined;
}

/** A number above zero, possibly in a text that names its unit. */
function numberOf(value: unknown, unit: string): number | undefined {
	const text =
		typeof value === 'string'
			? new RegExp(`^\\s*(\\d+(?:\\.\\d+)?)\\s*${unit === '' ? '' : `${unit}?`}\\s*$`, 'i').exec(value)?.[1]
			: undefined;
	const number = text === undefined ? value : Number(text);
	return typeof number === 'number' && number > 0 && Number.isFinite(number) ? number : undefined;
}

function times(left: number | undefined, right: number | undefined): number | undefined {
	return left === undefined || right === undefined ? undefined : left * right;
}
