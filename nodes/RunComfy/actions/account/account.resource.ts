import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../operation';
import * as getBalance from './getBalance.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['account'] } },
	options: [
		{
			name: 'Get Balance',
			value: 'getBalance',
			description: 'Get the account balance in USD',
			action: 'Get account balance',
		},
	],
	default: 'getBalance',
};

export const account: Resource = {
	description: [operationField, ...getBalance.description],
	operations: { getBalance },
};
