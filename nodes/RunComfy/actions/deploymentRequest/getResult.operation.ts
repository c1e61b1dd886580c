import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import {
	downloadFields,
	downloadHostsOption,
	downloadKindsOption,
	maxFileSizeOption,
	readDownloadSettings,
} from '../parameters/downloadFields';
import { deploymentField } from '../parameters/deploymentField';
import { requestIdField } from '../parameters/requestIdField';
import { maxConcurrencyOption } from '../parameters/runOptions';
import { jobOf } from './jobOf';
import { resultItem } from '../steps/resultItem';

const properties: INodeProperties[] = [
	deploymentField,
	requestIdField,
	...downloadFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [downloadHostsOption, downloadKindsOption, maxConcurrencyOption, maxFileSizeOption],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['deploymentRequest'], operation: ['getResult'] } },
	properties,
);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const job = jobOf(item);
	return [await resultItem(item, job, { includeCost: false, download: readDownloadSettings(item) })];
}
