import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { PreparedItem } from '../../execution/prepareItems';
import type { ItemContext } from '../../execution/itemContext';
import { downloadFields, downloadOptions } from '../parameters/downloadFields';
import { optionsField } from '../parameters/optionsField';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { maxConcurrencyOption, spendLimitOption } from '../parameters/runOptions';
import { submitFields } from './submitFields';
import {
	additionalInputsOption,
	checkMediaOption,
	readResubmitFailed,
	resubmitFailedOption,
	reuseResultsOption,
	validationOption,
} from '../parameters/submitOptions';
import {
	cancelOnStopOption,
	includeCostOption,
	maxWaitTimeOption,
	onTimeoutOption,
	toolWaitNotice,
} from '../parameters/waitOptions';
import { toolPaidNotice } from '../parameters/toolPaidNotice';
import { readFinishSettings } from '../steps/finishRequest';
import { submitAndFinish } from '../steps/resubmitFailed';
import { prepareSubmit } from './submission';

export const properties: INodeProperties[] = [
	toolPaidNotice,
	...submitFields,
	...downloadFields,
	toolWaitNotice,
	optionsField([
		additionalInputsOption,
		cancelOnStopOption,
		checkMediaOption,
		...downloadOptions,
		includeCostOption,
		includeInputFieldsOption,
		maxConcurrencyOption,
		maxWaitTimeOption,
		onTimeoutOption,
		resubmitFailedOption,
		reuseResultsOption,
		spendLimitOption,
		validationOption,
	]),
];

export const description = updateDisplayOptions(
	{ show: { resource: ['request'], operation: ['submitAndWait'] } },
	properties,
);

export async function prepare(item: ItemContext): Promise<PreparedItem> {
	const settings = readFinishSettings(item, true);
	const maxResubmits = readResubmitFailed(item);
	const prepared = await prepareSubmit(item);
	const { reserve, release } = prepared;
	return {
		reserve,
		release,
		submit: async () => [await submitAndFinish(item, prepared, settings, maxResubmits)],
	};
}
