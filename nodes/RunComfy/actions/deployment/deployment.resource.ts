import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../operation';
import * as get from './get.operation';
import * as getAll from './getAll.operation';
import * as update from './update.operation';

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['deployment'] } },
	options: [
		{
			name: 'Get',
			value: 'get',
			description: 'Get a deployment, optionally with its workflow',
			action: 'Get deployment',
		},
		{
			name: 'Get Many',
			value: 'getAll',
			description: 'Get many deployments in the account',
			action: 'Get many deployments',
		},
		{
			name: 'Update',
			value: 'update',
			description:
				'Enable or disable a deployment, or change how it scales. Instances are charged while they are up.',
			action: 'Update deployment',
		},
	],
	default: 'getAll',
};

export const deployment: Resource = {
	description: [operationField, ...get.description, ...getAll.description, ...update.description],
	operations: { get, getAll, update },
};
