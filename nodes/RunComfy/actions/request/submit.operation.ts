import { updateDisplayOptions, type INodeProperties } from 'n8n-workflow';

import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';
import { maxConcurrencyOption, spendLimitOption } from '../shared/runOptions';
import { submitFields } from '../shared/submitFields';
import { additionalInputsOption, checkMediaOption, validationOption } from '../shared/submitOptions';
import { submitItem } from './submission';

const properties: INodeProperties[] = [
	...submitFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [additionalInputsOption, checkMediaOption, maxConcurrencyOption, spendLimitOption, validationOption],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['request'], operation: ['submit'] } },
	properties,
);

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const { modelId, accepted, warnings } = await submitItem(run, itemIndex);
	return [
		{
			json: {
				request_id: accepted.requestId,
				model_id: modelId,
				status: accepted.status,
				status_url: accepted.statusUrl,
				result_url: accepted.resultUrl,
				cancel_url: accepted.cancelUrl,
				...(warnings.length > 0 ? { warnings } : {}),
			},
		},
	];
}
