import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { downloadFields, downloadOptions } from '../parameters/downloadFields';
import { optionsField } from '../parameters/optionsField';
import { deploymentField } from '../parameters/deploymentField';
import { requestIdField } from '../parameters/requestIdField';
import { includeInputFieldsOption } from '../parameters/itemOptions';
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
	optionsField([
		cancelOnStopOptionOfWait,
		...downloadOptions,
		includeInputFieldsOption,
		maxConcurrencyOption,
		maxWaitTimeOptionOfDeployments,
		onTimeoutOption,
	]),
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
