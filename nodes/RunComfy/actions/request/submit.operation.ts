import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { PreparedItem } from '../../execution/prepareItems';
import type { ItemContext } from '../../execution/itemContext';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { optionsField } from '../parameters/optionsField';
import { maxConcurrencyOption, spendLimitOption } from '../parameters/runOptions';
import { submitFields } from './submitFields';
import {
	additionalInputsOption,
	checkMediaOption,
	reuseResultsOption,
	validationOption,
} from '../parameters/submitOptions';
import { submittedItem } from '../steps/submittedItem';
import { prepareSubmit } from './submission';

const properties: INodeProperties[] = [
	...submitFields,
	optionsField([
		additionalInputsOption,
		checkMediaOption,
		includeInputFieldsOption,
		maxConcurrencyOption,
		reuseResultsOption,
		spendLimitOption,
		validationOption,
	]),
];

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['submit'] } }, properties);

export async function prepare(item: ItemContext): Promise<PreparedItem> {
	const { reserve, release, submit } = await prepareSubmit(item);
	return { reserve, release, submit: async () => [submittedItem(await submit())] };
}
