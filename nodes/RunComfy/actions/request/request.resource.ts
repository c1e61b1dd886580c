import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Resource } from '../operation';
import * as cancel from './cancel.operation';
import * as checkInput from './checkInput.operation';
import * as getMany from './getMany.operation';
import * as getResult from './getResult.operation';
import * as getStatus from './getStatus.operation';
import * as submit from './submit.operation';
import * as submitAndWait from './submitAndWait.operation';
import * as wait from './wait.operation';

const operations = { cancel, checkInput, getMany, getResult, getStatus, submit, submitAndWait, wait };

/** In the order of use. n8n names a new node by the action, and offers the actions in this order. */
const operationOptions: INodePropertyOptions[] = [
	{
		name: 'Submit and Wait',
		value: 'submitAndWait',
		description: 'Start a paid generation, wait for it to finish and return its files',
		action: 'Generate image video or audio',
	},
	{
		name: 'Submit',
		value: 'submit',
		description: 'Start a paid generation and continue immediately with its request ID',
		action: 'Start paid image video or audio generation',
	},
	{
		name: 'Check Input',
		value: 'checkInput',
		description: 'Check for free whether a submit would work and what it would cost',
		action: 'Check model input and price for free',
	},
	{
		name: 'Wait',
		value: 'wait',
		description: 'Wait for a request submitted earlier and return its files',
		action: 'Wait for generation to finish',
	},
	{
		name: 'Get Status',
		value: 'getStatus',
		description: 'Get the current status of a request',
		action: 'Get status of generation',
	},
	{
		name: 'Get Result',
		value: 'getResult',
		description: 'Get the result of a request now, finished or not',
		action: 'Get result of generation',
	},
	{
		name: 'Get Many',
		value: 'getMany',
		description:
			'Get the requests that this n8n process submitted in the last 24 hours, for example to find those left by Stop',
		action: 'Get many recent generations',
	},
	{
		name: 'Cancel',
		value: 'cancel',
		description: 'Cancel a request that is still in the queue',
		action: 'Cancel generation',
	},
];

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['request'] } },
	options: operationOptions,
	default: 'submitAndWait',
};

export const request: Resource = {
	description: [operationField, ...Object.values(operations).flatMap((operation) => operation.description)],
	operations,
};
