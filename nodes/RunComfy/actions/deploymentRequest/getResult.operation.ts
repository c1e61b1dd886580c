import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { downloadFields, downloadOptions, readDownloadSettings } from '../parameters/downloadFields';
import { optionsField } from '../parameters/optionsField';
import { deploymentField } from '../parameters/deploymentField';
import { requestIdField } from '../parameters/requestIdField';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { maxConcurrencyOption } from '../parameters/runOptions';
import { jobOf } from './jobOf';
import { resultItem } from '../steps/resultItem';

const properties: INodeProperties[] = [
	deploymentField,
	requestIdField,
	...downloadFields,
	optionsField([...downloadOptions, includeInputFieldsOption, maxConcurrencyOption]),
];

export const description = updateDisplayOptions(
	{ show: { resource: ['deploymentRequest'], operation: ['getResult'] } },
	properties,
);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const job = jobOf(item);
	return [await resultItem(item, job, { includeCost: false, download: readDownloadSettings(item) })];
}
