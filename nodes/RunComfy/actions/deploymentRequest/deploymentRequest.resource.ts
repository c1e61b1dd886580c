import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../operation';
import * as cancel from './cancel.operation';
import * as getResult from './getResult.operation';
import * as getStatus from './getStatus.operation';
import * as submit from './submit.operation';
import * as submitAndWait from './submitAndWait.operation';
import * as wait from './wait.operation';

const operations = { cancel, getResult, getStatus, submit, submitAndWait, wait };

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['deploymentRequest'] } },
	options: [
		{
			name: 'Cancel',
			value: 'cancel',
			description: 'Cancel a request that is still in the queue',
			action: 'Cancel deployment request',
		},
		{
			name: 'Get Result',
			value: 'getResult',
			description: 'Get the result of a request now, finished or not',
			action: 'Get deployment request result',
		},
		{
			name: 'Get Status',
			value: 'getStatus',
			description: 'Get the current status of a request',
			action: 'Get deployment request status',
		},
		{
			name: 'Submit',
			value: 'submit',
			description: 'Start a paid generation and continue immediately with its request ID',
			action: 'Submit paid deployment request',
		},
		{
			name: 'Submit and Wait',
			value: 'submitAndWait',
			description: 'Start a paid generation, wait for it to finish and return its files',
			action: 'Submit paid deployment request and wait',
		},
		{
			name: 'Wait',
			value: 'wait',
			description: 'Wait for a request submitted earlier and return its files',
			action: 'Wait for deployment request',
		},
	],
	default: 'submitAndWait',
};

export const deploymentRequest: Resource = {
	description: [operationField, ...Object.values(operations).flatMap((operation) => operation.description)],
	operations,
};
