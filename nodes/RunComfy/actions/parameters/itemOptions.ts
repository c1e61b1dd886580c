import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { readBoolean } from './readParameters';

export const includeInputFieldsOption: INodeProperties = {
	displayName: 'Include Input Fields',
	name: 'includeInputFields',
	type: 'boolean',
	default: false,
	description:
		"Whether to add the fields and files of the input item to the output item. The result's own fields win. RunComfy Durable Wait always does this.",
	// What an agent gets back should hold nothing but the result.
	displayOptions: { hide: { '@tool': [true] } },
};

/** @throws RunComfyFailure `invalid_input` */
export function readIncludesInput(item: ItemContext): boolean {
	return !item.isTool && readBoolean(item.options.includeInputFields, includeInputFieldsOption);
}
