import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';

const operations = { get, getAll };

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['model'] } },
	options: [
		{
			name: 'Get',
			value: 'get',
			description: 'Get a model with its price and input schema',
			action: 'Get model',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			description: 'Get many models from the catalog with their prices',
			action: 'Get many models',
		},
	],
	default: 'getAll',
};

export const model: Resource = {
	description: [operationField, ...get.description, ...getAll.description],
	operations,
};
