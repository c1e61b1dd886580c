import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { PreparedItem } from '../../execution/prepareItems';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { optionsField } from '../parameters/optionsField';
import { maxConcurrencyOption } from '../parameters/runOptions';
import { submittedItem } from '../steps/submittedItem';
import { prepareSubmit } from './submission';
import { submitFields } from './submitFields';
import { submitOptions } from './submitOptions';

const properties: INodeProperties[] = [
	...submitFields,
	optionsField([...submitOptions, includeInputFieldsOption, maxConcurrencyOption]),
];

export const description = updateDisplayOptions(
	{ show: { resource: ['deploymentRequest'], operation: ['submit'] } },
	properties,
);

export async function prepare(item: ItemContext): Promise<PreparedItem> {
	const { reserve, release, submit } = await prepareSubmit(item);
	return { reserve, release, submit: async () => [submittedItem(await submit())] };
}
