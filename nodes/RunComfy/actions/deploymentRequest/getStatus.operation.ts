import { updateDisplayOptions } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { deploymentField } from '../parameters/deploymentField';
import { requestIdField } from '../parameters/requestIdField';
import { jobOf } from './jobOf';
import { statusItem } from '../steps/statusItem';

export const description = updateDisplayOptions(
	{ show: { resource: ['deploymentRequest'], operation: ['getStatus'] } },
	[deploymentField, requestIdField],
);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	return [await statusItem(item, jobOf(item))];
}
