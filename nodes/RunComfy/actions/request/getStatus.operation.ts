import { updateDisplayOptions } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { modelJob } from '../../shared/job';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { readRequestId, requestIdField } from '../parameters/requestIdField';
import { statusItem } from '../steps/statusItem';

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['getStatus'] } }, [
	requestIdField,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [includeInputFieldsOption],
		displayOptions: { hide: { '@tool': [true] } },
	},
]);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	return [await statusItem(item, modelJob(readRequestId(item)))];
}
