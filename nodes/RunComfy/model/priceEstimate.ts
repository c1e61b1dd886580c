import type { CatalogEntry } from '../api/catalog';
import type { ModelInputs } from '../schema/modelInputs';
import { FRAMES_PER_SECOND } from '../shared/units';

/** Units of which a request makes one, as far as is known. */
const PER_REQUEST = /^(output|request|run|generation|image|video|audio|song|)$/i;

/**
 * Estimates what a request will cost, in USD: the catalog's base price, times the seconds where it is per second. The
 * real bill also follows resolution, sound and more (seen in RunComfy's own client), so this is a floor.
 *
 * @returns undefined when it cannot be worked out
 */
export function estimatePrice(
	entry: CatalogEntry | undefined,
	inputs: ModelInputs | undefined,
	body: Record<string, unknown>,
): number | undefined {
	const base = entry?.base_price_usd;
	if (typeof base !== 'number' || !Number.isFinite(base) || base < 0) return undefined;
	const unit = String(entry?.price_unit ?? '').trim();
	if (PER_REQUEST.test(unit)) return base;
	if (!/^(per )?sec(ond)?s?$/i.test(unit)) return undefined;
	const seconds = secondsOf(inputs, body);
	return seconds === undefined ? undefined : base * seconds;
}

/** What is not in the body is what the schema says RunComfy takes instead. */
function secondsOf(inputs: ModelInputs | undefined, body: Record<string, unknown>): number | undefined {
	const valueOf = (name: string) => {
		const value = body[name] ?? inputs?.inputs.find((input) => input.name === name)?.default;
		const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
		return typeof number === 'number' && number > 0 && Number.isFinite(number) ? number : undefined;
	};
	const duration = valueOf('duration');
	if (duration !== undefined) return duration;
	const frames = valueOf('number_of_frames') ?? valueOf('num_frames');
	return frames === undefined ? undefined : frames / FRAMES_PER_SECOND;
}
