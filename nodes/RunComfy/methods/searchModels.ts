import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { CatalogEntry } from '../api/model/catalog';
import { cachedCatalog } from '../model/catalogCache';
import { searchCatalog } from '../model/searchCatalog';
import { systemClock } from '../shared/clock';
import { toNodeError } from '../failures/nodeError';
import { openTransport } from '../transport/apiTransport';

const PAGE_SIZE = 50;

/** The model list of the editor, page by page. One read of the catalog serves all keystrokes of a minute. */
export async function searchModels(
	this: ILoadOptionsFunctions,
	filter?: string,
	paginationToken?: unknown,
): Promise<INodeListSearchResult> {
	const offset = Number(paginationToken ?? 0) || 0;
	try {
		const catalog = await cachedCatalog(await openTransport(this, systemClock));
		const found = await searchCatalog(systemClock, catalog, filter ?? '');
		const next = offset + PAGE_SIZE;
		return {
			results: found.slice(offset, next).map((model) => ({
				name: nameOf(model),
				value: model.model_id,
				description: describe(model),
				...(typeof model.model_url === 'string' && model.model_url !== '' ? { url: model.model_url } : {}),
			})),
			// A text, because n8n returns numbers as texts.
			...(next < found.length ? { paginationToken: String(next) } : {}),
		};
	} catch (error) {
		throw toNodeError(this.getNode(), error, 0);
	}
}

function nameOf({ display_name: name, model_id: id }: CatalogEntry): string {
	return typeof name === 'string' && name.trim() !== '' ? name : id;
}

function describe(model: CatalogEntry): string {
	const categories = Array.isArray(model.categories) ? model.categories.join(', ') : '';
	return [priceText(model), categories, model.model_id].filter(Boolean).join(' · ');
}

/** The base price; resolution, audio and duration change the charge (seen in RunComfy's own client). */
export function priceText(model: CatalogEntry): string {
	if (typeof model.base_price_usd !== 'number') return '';
	const unit = model.price_unit ? ` per ${model.price_unit}` : '';
	return `from $${Number(model.base_price_usd.toPrecision(4))}${unit}`;
}
