import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import {
	downloadFields,
	downloadHostsOption,
	downloadKindsOption,
	maxFileSizeOption,
} from '../parameters/downloadFields';
import { deploymentField } from '../parameters/deploymentField';
import { requestIdField } from '../parameters/requestIdField';
import { maxConcurrencyOption } from '../parameters/runOptions';
import {
	cancelOnStopOptionOfWait,
	maxWaitTimeOptionOfDeployments,
	onTimeoutOption,
	toolWaitNotice,
} from '../parameters/waitOptions';
import { finishRequest, readFinishSettings } from '../steps/finishRequest';
import { jobOf } from './jobOf';

const properties: INodeProperties[] = [
	deploymentField,
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
			maxConcurrencyOption,
			maxFileSizeOption,
			maxWaitTimeOptionOfDeployments,
			onTimeoutOption,
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['deploymentRequest'], operation: ['wait'] } },
	properties,
);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const job = jobOf(item);
	const settings = readFinishSettings(item, false, maxWaitTimeOptionOfDeployments);
	return [await finishRequest(item, { job, warnings: [] }, settings)];
}
