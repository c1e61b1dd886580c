import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import type { Resource } from '../operation';
import * as cancel from './cancel.operation';
import * as getResult from './getResult.operation';
import * as getStatus from './getStatus.operation';
import * as submit from './submit.operation';
import * as submitAndWait from './submitAndWait.operation';
import * as wait from './wait.operation';

const operations = { cancel, getResult, getStatus, submit, submitAndWait, wait };

/** In the order of use. n8n names a new node by the action, and offers the actions in this order. */
const operationOptions: INodePropertyOptions[] = [
	{
		name: 'Submit and Wait',
		value: 'submitAndWait',
		description: 'Run the workflow (paid), wait for it to finish and return its files',
		action: 'Run ComfyUI workflow',
	},
	{
		name: 'Submit',
		value: 'submit',
		description: 'Start the workflow (paid) and continue immediately with its request ID',
		action: 'Start paid ComfyUI workflow run',
	},
	{
		name: 'Wait',
		value: 'wait',
		description: 'Wait for a request submitted earlier and return its files',
		action: 'Wait for ComfyUI workflow to finish',
	},
	{
		name: 'Get Status',
		value: 'getStatus',
		description: 'Get the current status of a request',
		action: 'Get status of ComfyUI workflow run',
	},
	{
		name: 'Get Result',
		value: 'getResult',
		description: 'Get the result of a request now, finished or not',
		action: 'Get result of ComfyUI workflow run',
	},
	{
		name: 'Cancel',
		value: 'cancel',
		description: 'Cancel a request that is still in the queue',
		action: 'Cancel ComfyUI workflow run',
	},
];

const operationField: INodeProperties = {
	displayName: 'Operation',
	name: 'operation',
	type: 'options',
	noDataExpression: true,
	displayOptions: { show: { resource: ['deploymentRequest'] } },
	options: operationOptions,
	default: 'submitAndWait',
};

export const deploymentRequest: Resource = {
	description: [operationField, ...Object.values(operations).flatMap((operation) => operation.description)],
	operations,
};
