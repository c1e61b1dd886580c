import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { readCatalog, type CatalogEntry } from '../../api/model/catalog';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { searchCatalog } from '../../model/searchCatalog';
import { listFields, readLimit } from '../parameters/listFields';
import { readText } from '../parameters/readParameters';

const properties: INodeProperties[] = [
	...listFields,
	{
		displayName: 'Filters',
		name: 'filters',
		type: 'collection',
		placeholder: 'Add filter',
		default: {},
		options: [
			{
				displayName: 'Category',
				name: 'category',
				type: 'string',
				default: '',
				placeholder: 'e.g. image-to-video',
				description:
					'Only return models in this category, such as text-to-image, text-to-video, image-to-video or text-to-audio',
			},
			{
				displayName: 'Kind',
				name: 'kind',
				type: 'options',
				options: [
					{ name: 'Any', value: '' },
					{ name: 'Inference', value: 'inference' },
					{ name: 'Model', value: 'model' },
					{ name: 'Workflow', value: 'workflow' },
				],
				default: '',
				description: 'Only return entries of this kind',
			},
			{
				displayName: 'Search',
				name: 'search',
				type: 'string',
				default: '',
				placeholder: 'e.g. kling 3 pro i2v',
				description:
					'Only return models whose ID, name, category or description contains these words, in any order. The best matches come first.',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['model'], operation: ['getAll'] } }, properties);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const limit = readLimit(item);
	const filters = item.parameter('filters', {}) as Record<string, unknown>;
	const entries = await readEntries(item, limit, {
		search: readText(filters.search),
		category: readText(filters.category),
		kind: readText(filters.kind),
	});
	return entries.map((entry) => ({ json: entry as IDataObject }));
}

/** The search runs here, as for the list of the Model field. The catalog isn't cached, because items may be changed. */
async function readEntries(
	{ transport, clock, signal }: ItemContext,
	limit: number,
	{ search, ...filters }: { search?: string; category?: string; kind?: string },
): Promise<CatalogEntry[]> {
	if (!search) return await readCatalog(transport, filters, { limit, signal });
	const found = await searchCatalog(clock, await readCatalog(transport, filters, { signal }), search);
	return found.slice(0, limit);
}
