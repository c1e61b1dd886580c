import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { PreparedItem } from '../../execution/prepareItems';
import type { ItemContext } from '../../execution/itemContext';
import { downloadFields, downloadOptions } from '../parameters/downloadFields';
import { optionsField } from '../parameters/optionsField';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { maxConcurrencyOption } from '../parameters/runOptions';
import { submitFields } from './submitFields';
import { submitOptions } from './submitOptions';
import {
	cancelOnStopOption,
	maxWaitTimeOptionOfDeployments,
	onTimeoutOption,
	toolWaitNotice,
} from '../parameters/waitOptions';
import { toolPaidNotice } from '../parameters/toolPaidNotice';
import { finishRequest, readFinishSettings } from '../steps/finishRequest';
import { prepareSubmit } from './submission';

export const properties: INodeProperties[] = [
	toolPaidNotice,
	...submitFields,
	...downloadFields,
	toolWaitNotice,
	optionsField([
		...submitOptions,
		cancelOnStopOption,
		...downloadOptions,
		includeInputFieldsOption,
		maxConcurrencyOption,
		maxWaitTimeOptionOfDeployments,
		onTimeoutOption,
	]),
];

export const description = updateDisplayOptions(
	{ show: { resource: ['deploymentRequest'], operation: ['submitAndWait'] } },
	properties,
);

export async function prepare(item: ItemContext): Promise<PreparedItem> {
	const settings = readFinishSettings(item, true, maxWaitTimeOptionOfDeployments);
	const { reserve, release, submit } = await prepareSubmit(item);
	return {
		reserve,
		release,
		submit: async () => {
			const { accepted, warnings, isJustSubmitted } = await submit();
			const pending = { job: accepted.job, warnings, isJustSubmitted };
			return [await finishRequest(item, pending, settings)];
		},
	};
}
