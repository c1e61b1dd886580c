import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { PreparedItem } from '../../execution/prepareItems';
import type { ItemContext } from '../../execution/itemContext';
import {
	downloadFields,
	downloadHostsOption,
	downloadKindsOption,
	fileNameOption,
	maxFileSizeOption,
} from '../parameters/downloadFields';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { maxConcurrencyOption, spendLimitOption } from '../parameters/runOptions';
import { submitFields } from './submitFields';
import { additionalInputsOption, checkMediaOption, validationOption } from '../parameters/submitOptions';
import {
	cancelOnStopOption,
	includeCostOption,
	maxWaitTimeOption,
	onTimeoutOption,
	toolWaitNotice,
} from '../parameters/waitOptions';
import { finishRequest, readFinishSettings } from '../steps/finishRequest';
import { prepareSubmit } from './submission';

export const properties: INodeProperties[] = [
	...submitFields,
	...downloadFields,
	toolWaitNotice,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [
			additionalInputsOption,
			cancelOnStopOption,
			checkMediaOption,
			downloadHostsOption,
			downloadKindsOption,
			fileNameOption,
			includeCostOption,
			includeInputFieldsOption,
			maxConcurrencyOption,
			maxFileSizeOption,
			maxWaitTimeOption,
			onTimeoutOption,
			spendLimitOption,
			validationOption,
		],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['request'], operation: ['submitAndWait'] } },
	properties,
);

export async function prepare(item: ItemContext): Promise<PreparedItem> {
	const settings = readFinishSettings(item, true);
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
