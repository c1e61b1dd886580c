import type { INodeProperties } from 'n8n-workflow';

import type { Webhook } from '../../api/deployment/submitToDeployment';
import { checkWebhookUrl } from '../../deployment/webhookUrl';
import type { ItemContext } from '../../execution/itemContext';
import { readBoolean } from '../parameters/readParameters';
import { additionalInputsOption, checkMediaOption, validationOption } from '../parameters/submitOptions';

const webhookIntermediateOption: INodeProperties = {
	displayName: 'Webhook for Intermediate States',
	name: 'webhookIntermediate',
	type: 'boolean',
	default: false,
	description: 'Whether RunComfy also calls the Webhook URL when the request is queued and when it starts',
};

export const webhookUrlOption: INodeProperties = {
	displayName: 'Webhook URL',
	name: 'webhookUrl',
	type: 'string',
	default: '',
	placeholder: 'e.g. {{ $execution.resumeUrl }}',
	description:
		'Public https URL that RunComfy calls when the request ends. Keep it secret: its calls are not signed.',
};

/** Options of the operations that submit to a deployment. */
export const submitOptions: INodeProperties[] = [
	{
		...additionalInputsOption,
		description:
			'JSON object to merge over the input, such as {"3.seed": 7}. Set a value to null to keep the saved value.',
	},
	checkMediaOption,
	{
		...validationOption,
		description: "What to do with input that doesn't fit the workflow",
		options: (validationOption.options as Array<{ value: string }>).map((option) =>
			option.value === 'strict'
				? { ...option, description: "Don't submit input that doesn't fit the workflow" }
				: option,
		) as INodeProperties['options'],
	},
	webhookIntermediateOption,
	webhookUrlOption,
];

/**
 * The webhook of an item; undefined where none is wanted, or RunComfy could not reach it.
 *
 * @throws RunComfyFailure `invalid_input` for what is no URL
 */
export function readWebhook(item: ItemContext): { webhook?: Webhook; warnings: string[] } {
	const { webhookUrl, webhookIntermediate } = item.options;
	const checked = checkWebhookUrl(webhookUrl);
	if (checked === undefined) return { warnings: [] };
	if ('warning' in checked) return { warnings: [checked.warning] };
	const intermediate = readBoolean(webhookIntermediate, webhookIntermediateOption);
	return { webhook: { url: checked.url, intermediate }, warnings: [] };
}
