import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { modelJob } from '../../shared/job';
import type { OutputItem } from '../../execution/runItems';
import { downloadFields, downloadOptions } from '../parameters/downloadFields';
import { optionsField } from '../parameters/optionsField';
import { readRequestId, requestIdField } from '../parameters/requestIdField';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { maxConcurrencyOption } from '../parameters/runOptions';
import {
	cancelOnStopOptionOfWait,
	includeCostOption,
	maxWaitTimeOption,
	onTimeoutOption,
	toolWaitNotice,
} from '../parameters/waitOptions';
import { finishRequest, readFinishSettings } from '../steps/finishRequest';

const properties: INodeProperties[] = [
	requestIdField,
	...downloadFields,
	toolWaitNotice,
	optionsField([
		cancelOnStopOptionOfWait,
		...downloadOptions,
		includeCostOption,
		includeInputFieldsOption,
		maxConcurrencyOption,
		maxWaitTimeOption,
		onTimeoutOption,
	]),
];

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['wait'] } }, properties);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const requestId = readRequestId(item);
	const settings = readFinishSettings(item, false);
	return [await finishRequest(item, { job: modelJob(requestId), warnings: [] }, settings)];
}
