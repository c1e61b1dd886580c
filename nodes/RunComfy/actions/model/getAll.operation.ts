import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { readCatalog, type CatalogEntry } from '../../api/model/catalog';
import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';
import { searchCatalog } from '../../model/searchCatalog';
import { readBoolean, readNumber, readText } from '../shared/readParameters';

const properties: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
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
				description: 'Only return models in this category, such as text-to-image, text-to-video, image-to-video or text-to-audio',
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
				description: 'Only return models whose ID, name, category or description contains these words, in any order. The best matches come first.',
			},
		],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['model'], operation: ['getAll'] } }, properties);

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const { context } = run;
	const returnAll = readBoolean(context.getNodeParameter('returnAll', itemIndex, false), 'Return All', false);
	const limit = returnAll ? Infinity : Math.floor(readNumber(context.getNodeParameter('limit', itemIndex, 50), 'Limit', 1, 50));
	const filters = context.getNodeParameter('filters', itemIndex, {});
	const entries = await readEntries(run, limit, {
		search: readText(filters.search),
		category: readText(filters.category),
		kind: readText(filters.kind),
	});
	return entries.map((entry) => ({ json: entry as IDataObject }));
}

/** Words are looked for here, as in the list of the Model field; the catalog is read anew, because items may be changed. */
async function readEntries(
	{ transport, signal, clock }: Run,
	limit: number,
	{ search, ...filters }: { search?: string; category?: string; kind?: string },
): Promise<CatalogEntry[]> {
	if (!search) return await readCatalog(transport, filters, { limit, signal });
	const found = await searchCatalog(clock, await readCatalog(transport, filters, { signal }), search);
	return found.slice(0, limit);
}
