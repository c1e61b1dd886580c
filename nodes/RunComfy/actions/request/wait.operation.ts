import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { modelJob } from '../../shared/job';
import type { OutputItem } from '../../execution/runItems';
import { downloadFields, downloadHostsOption, downloadKindsOption, maxFileSizeOption } from '../shared/downloadFields';
import { readRequestId, requestIdField } from '../shared/requestIdField';
import { maxConcurrencyOption } from '../shared/runOptions';
import {
	cancelOnStopOptionOfWait,
	includeCostOption,
	maxWaitTimeOption,
	onTimeoutOption,
	toolWaitNotice,
} from '../shared/waitOptions';
import { finishRequest, readFinishSettings } from './finishRequest';

const properties: INodeProperties[] = [
	requestIdField,
	...downloadFields,
	toolWaitNotice,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			cancelOnStopOptionOfWait,
			downloadHostsOption,
			downloadKindsOption,
			includeCostOption,
			maxConcurrencyOption,
			maxFileSizeOption,
			maxWaitTimeOption,
			onTimeoutOption,
		],
	},
];

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['wait'] } }, properties);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const requestId = readRequestId(item);
	const settings = readFinishSettings(item, false);
	return [await finishRequest(item, { job: modelJob(requestId), warnings: [] }, settings)];
}
