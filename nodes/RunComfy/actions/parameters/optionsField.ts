import type { INodeProperties } from 'n8n-workflow';

import { withOptionsByUse } from './optionOrder';

/** The Options of an operation, in the order of use. */
export function optionsField(options: INodeProperties[]): INodeProperties {
	return withOptionsByUse({
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options,
	});
}
