import type { INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { readBoolean, readNumber } from './readParameters';

const returnAllField: INodeProperties = {
	displayName: 'Return All',
	name: 'returnAll',
	type: 'boolean',
	default: false,
	description: 'Whether to return all results or only up to a given limit',
};

const limitField: INodeProperties = {
	displayName: 'Limit',
	name: 'limit',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 50,
	description: 'Max number of results to return',
	displayOptions: { show: { returnAll: [false] } },
};

/** How many entries of a list to return. */
export const listFields: INodeProperties[] = [returnAllField, limitField];

/** The number of entries to return, Infinity for all. @throws RunComfyFailure `invalid_input` */
export function readLimit(item: ItemContext): number {
	const returnAll = readBoolean(item.parameter('returnAll', false), returnAllField);
	return returnAll ? Infinity : Math.floor(readNumber(item.parameter('limit', limitField.default), limitField));
}
