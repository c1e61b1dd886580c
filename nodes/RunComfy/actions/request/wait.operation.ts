import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { Run } from '../../execution/run';
import { modelJob } from '../../shared/job';
import type { OutputItem } from '../../execution/runItems';
import { downloadFields, downloadHostsOption, downloadKindsOption, maxFileSizeOption } from '../shared/downloadFields';
import { readRequestId, requestIdField } from '../shared/requestIdField';
import { maxConcurrencyOption } from '../shared/runOptions';
import { cancelOnStopOptionOfWait, includeCostOption, maxWaitTimeOption, onTimeoutOption, toolWaitNotice } from '../shared/waitOptions';
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

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const requestId = readRequestId(run, itemIndex);
	const settings = readFinishSettings(run, itemIndex, false);
	return [await finishRequest(run, itemIndex, { job: modelJob(requestId), warnings: [] }, settings)];
}
