import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { PreparedItem } from '../../execution/prepareItems';
import { byDisplayName } from '../parameters/byDisplayName';
import { maxConcurrencyOption } from '../parameters/runOptions';
import { submittedItem } from '../steps/submittedItem';
import { prepareSubmit } from './submission';
import { submitFields } from './submitFields';
import { submitOptions } from './submitOptions';

const properties: INodeProperties[] = [
	...submitFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [...submitOptions, maxConcurrencyOption].sort(byDisplayName),
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['deploymentRequest'], operation: ['submit'] } },
	properties,
);

export async function prepare(item: ItemContext): Promise<PreparedItem> {
	const { reserve, release, submit } = await prepareSubmit(item);
	return { reserve, release, submit: async () => [submittedItem(await submit())] };
}
