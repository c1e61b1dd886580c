import type { LiveModel } from './catalogFacts';

/** A model to try, with the input that it gets. */
export interface Choice {
	modelId: string;
	priceUsd: number;
	input: Record<string, unknown>;
}

const PROMPT = 'A small red boat on a calm lake, flat illustration';
/** Units in which one image has one price. */
const PER_IMAGE = ['output', 'image'];

/** The cheapest model that makes an image of a prompt alone. */
export function chooseTextToImage(models: readonly LiveModel[]): Choice | undefined {
	return cheapest(models, 'text-to-image', ({ model_id }, priceUsd, required) =>
		required.every((name) => name === 'prompt')
			? { modelId: model_id, priceUsd, input: { prompt: PROMPT } }
			: undefined,
	);
}

/** The cheapest model that makes an image of a prompt and one image, which is sent as a data URI. */
export function chooseImageToImage(models: readonly LiveModel[], dataUri: string): Choice | undefined {
	return cheapest(models, 'image-to-image', ({ model_id, input_schema }, priceUsd, required) => {
		const [media, ...others] = required.filter((name) => name !== 'prompt');
		if (media === undefined || others.length > 0) return undefined;
		const value = mediaValue(input_schema.properties[media], dataUri);
		const input = { ...(required.includes('prompt') ? { prompt: PROMPT } : {}), [media]: value };
		return value === undefined ? undefined : { modelId: model_id, priceUsd, input };
	});
}

function cheapest(
	models: readonly LiveModel[],
	category: string,
	choose: (model: LiveModel, priceUsd: number, required: string[]) => Choice | undefined,
): Choice | undefined {
	return models
		.flatMap((model) => {
			const { base_price_usd: price, price_unit: unit, categories, input_schema } = model;
			const isPriced = price !== null && price > 0 && PER_IMAGE.includes(unit) && categories.includes(category);
			return (isPriced && choose(model, price, input_schema.required)) || [];
		})
		.sort((one, other) => one.priceUsd - other.priceUsd)[0];
}

/** The image as the schema wants it: one, or a list of one. */
function mediaValue(schema: unknown, dataUri: string): string | string[] | undefined {
	const { type, format, items } = (schema ?? {}) as {
		type?: unknown;
		format?: unknown;
		items?: { format?: unknown };
	};
	if (type === 'string' && format === 'image_uri') return dataUri;
	const isList = format === 'image_uris' || items?.format === 'image_uri';
	return type === 'array' && isList ? [dataUri] : undefined;
}
