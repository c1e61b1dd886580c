import type { INodeProperties } from 'n8n-workflow';

import type { Resource } from '../operation';
import * as cancel from './cancel.operation';
import * as checkInput from './checkInput.operation';
import * as getResult from './getResult.operation';
import * as getStatus from './getStatus.operation';
import * as submit from './submit.operation';
import * as submitAndWait from './submitAndWait.operation';
import * as wait from './wait.operation';

const operations = { cancel, checkInput, getResult, getStatus, submit, submitAndWait, wait };

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['request'] } },
	options: [
		{
			name: 'Cancel',
			value: 'cancel',
			description: 'Cancel a request that is still in the queue',
			action: 'Cancel request',
		},
		{
			name: 'Check Input',
			value: 'checkInput',
			description: 'Check whether a submit would work, and what it would cost, for free',
			action: 'Check request input for free',
		},
		{
			name: 'Get Result',
			value: 'getResult',
			description: 'Read the result of a request once, finished or not',
			action: 'Get request result',
		},
		{
			name: 'Get Status',
			value: 'getStatus',
			description: 'Read the status of a request once',
			action: 'Get request status',
		},
		{
			name: 'Submit',
			value: 'submit',
			description: 'Start a paid generation and go on at once with its request ID',
			action: 'Submit paid request',
		},
		{
			name: 'Submit and Wait',
			value: 'submitAndWait',
			description: 'Start a paid generation, wait until it is finished and return its files',
			action: 'Submit paid request and wait',
		},
		{
			name: 'Wait',
			value: 'wait',
			description: 'Wait for a request that was submitted earlier and return its files',
			action: 'Wait for request',
		},
	],
	default: 'submitAndWait',
};

export const request: Resource = {
	description: [operationField, ...Object.values(operations).flatMap((operation) => operation.description)],
	operations,
};
