import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { CatalogEntry } from '../api/catalog';
import { cachedModels } from '../model/catalogCache';
import { systemClock } from '../shared/clock';
import { toNodeError } from '../failures/nodeError';
import { openTransport } from '../transport/apiTransport';

const PAGE_SIZE = 50;

/** The model list of the editor: one page of the live catalog at a time, with the price of each model. */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: unknown,
): Promise<INodeListSearchResult> {
	const offset = Number(paginationToken ?? 0) || 0;
	try {
		const transport = await openTransport(this, systemClock);
		const { models, received, total } = await cachedModels(transport, { search: filter?.trim(), limit: PAGE_SIZE, offset });
		const next = offset + received;
		return {
			results: models.map((model) => ({
				name: model.display_name || model.model_id,
				value: model.model_id,
				description: describe(model),
				...(model.model_url ? { url: model.model_url } : {}),
			})),
			// A text, because n8n hands a number back as one.
			...(received > 0 && next < total ? { paginationToken: String(next) } : {}),
		};
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

function describe(model: CatalogEntry): string {
	const categories = Array.isArray(model.categories) ? model.categories.join(', ') : '';
	return [priceText(model), categories, model.model_id].filter(Boolean).join(' · ');
}

/** The base price; resolution, audio and duration change the bill (seen in RunComfy's own client). */
export function priceText(model: CatalogEntry): string {
	if (typeof model.base_price_usd !== 'number') return '';
	const unit = model.price_unit ? ` per ${model.price_unit}` : '';
	return `from $${Number(model.base_price_usd.toPrecision(4))}${unit}`;
}
