import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { modelJob } from '../../shared/job';
import { downloadFields, downloadOptions, readDownloadSettings } from '../parameters/downloadFields';
import { optionsField } from '../parameters/optionsField';
import { readBoolean } from '../parameters/readParameters';
import { readRequestId, requestIdField } from '../parameters/requestIdField';
import { includeInputFieldsOption } from '../parameters/itemOptions';
import { maxConcurrencyOption } from '../parameters/runOptions';
import { includeCostOption } from '../parameters/waitOptions';
import { resultItem } from '../steps/resultItem';

const properties: INodeProperties[] = [
	requestIdField,
	...downloadFields,
	optionsField([...downloadOptions, includeCostOption, includeInputFieldsOption, maxConcurrencyOption]),
];

export const description = updateDisplayOptions(
	{ show: { resource: ['request'], operation: ['getResult'] } },
	properties,
);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const job = modelJob(readRequestId(item));
	const includeCost = readBoolean(item.options.includeCost, includeCostOption);
	return [await resultItem(item, job, { includeCost, download: readDownloadSettings(item) })];
}
