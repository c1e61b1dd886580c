import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { readDeployments } from '../../api/deployment/deployments';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { readBoolean, readNumber } from '../parameters/readParameters';

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

export const description = updateDisplayOptions({ show: { resource: ['deployment'], operation: ['getAll'] } }, [
	returnAllField,
	limitField,
]);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const returnAll = readBoolean(item.parameter('returnAll', false), returnAllField);
	const limit = returnAll
		? Infinity
		: Math.floor(readNumber(item.parameter('limit', limitField.default), limitField));
	const deployments = await readDeployments(item.run.transport, { signal: item.signal });
	return deployments.slice(0, limit).map((deployment) => ({ json: deployment as IDataObject }));
}
