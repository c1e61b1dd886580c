import type { ILoadOptionsFunctions, INodeListSearchResult } from 'n8n-workflow';

import type { CatalogEntry } from '../api/model/catalog';
import { cachedCatalog } from '../model/catalogCache';
import { inListOrder } from '../model/catalogOrder';
import { modelTitle, titleLine } from '../model/modelTitle';
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
		const ordered = await inListOrder(systemClock, catalog);
		const found = await searchCatalog(systemClock, ordered, filter ?? '');
		const next = offset + PAGE_SIZE;
		return {
			results: found.slice(offset, next).map((model) => ({
				// n8n shows only this, and saves it as the name of the chosen model.
				name: titleLine(modelTitle(model)),
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

/** The whole of what n8n doesn't show today. */
function describe(model: CatalogEntry): string {
	const categories = Array.isArray(model.categories) ? model.categories.join(', ') : '';
	return [categories, model.model_id].filter(Boolean).join(' · ');
}
