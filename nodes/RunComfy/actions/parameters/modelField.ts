import type { INodeProperties } from 'n8n-workflow';

import { parseModel } from '../../model/modelId';
import { resolveModel } from '../../model/resolveModel';
import type { ItemContext } from '../../execution/itemContext';
import { locatorValue } from '../../shared/resourceLocator';

/** Selects a model: from the live catalog, by its ID, or by the URL of its page. */
export const modelField: INodeProperties = {
	displayName: 'Model',
	name: 'model',
	type: 'resourceLocator',
	default: {
		mode: 'list',
		value: 'bytedance/dreamina-3-0/image-to-video',
		// As in the list, except for the price, which only the catalog knows.
		cachedResultName: 'Dreamina 3.0 · Image to Video',
		cachedResultUrl: 'https://www.runcomfy.com/models/bytedance/dreamina-3-0/image-to-video',
	},
	description: 'The AI model to run',
	modes: [
		{
			displayName: 'From List',
			name: 'list',
			type: 'list',
			placeholder: 'Select a model...',
			typeOptions: { searchListMethod: 'searchModels', searchable: true },
		},
		{
			displayName: 'By ID',
			name: 'id',
			type: 'string',
			placeholder: 'e.g. bytedance/dreamina-3-0/image-to-video',
		},
		{
			displayName: 'By URL',
			name: 'url',
			type: 'string',
			placeholder: 'e.g. https://www.runcomfy.com/models/bytedance/dreamina-3-0/image-to-video',
		},
	],
};

/**
 * The model ID of an item. The catalog is read only for the URL of a page.
 *
 * @throws RunComfyFailure `invalid_input`, or that of the catalog
 */
export async function readModelId(item: ItemContext): Promise<string> {
	const named = parseModel(locatorValue(item.parameter('model')));
	return await resolveModel(item.transport, named, item.signal);
}
