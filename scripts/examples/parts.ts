import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { PUBLIC_IMAGE } from '../../test/e2e/examples';
import type { ExampleNode } from './toWorkflow';

/** What fits the models and the workflow that examples use, as the editor saves it. */
export type ExampleInputs = Record<
	'video' | 'batch' | 'product' | 'picture' | 'variation' | 'moving' | 'enlarged' | 'song' | 'workflow',
	INodeParameters
>;

export const manual: ExampleNode = {
	name: 'Manual Trigger',
	type: 'n8n-nodes-base.manualTrigger',
	typeVersion: 1,
	parameters: {},
};

export function runComfy(name: string, parameters: INodeParameters, more?: IDataObject): ExampleNode {
	return {
		name,
		type: 'n8n-nodes-runcomfy.runComfy',
		typeVersion: 1,
		parameters: { ...parameters, options: parameters.options ?? {} },
		more,
	};
}

/** Stands in for a sheet or table, and needs no account. */
export function fixedData(name: string, data: IDataObject): ExampleNode {
	return {
		name,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: { mode: 'raw', jsonOutput: JSON.stringify(data, null, 2), options: {} },
	};
}

/** @param field the list that becomes items */
export function splitOut(name: string, field: string): ExampleNode {
	return {
		name,
		type: 'n8n-nodes-base.splitOut',
		typeVersion: 1,
		parameters: { fieldToSplitOut: field, options: {} },
	};
}

/** Passes items on: where a person adds what comes next. */
export function noOp(name: string): ExampleNode {
	return { name, type: 'n8n-nodes-base.noOp', typeVersion: 1, parameters: {} };
}

/** @param code for all items at once, without template literals, which JSON makes hard to read */
export function code(name: string, code: string): ExampleNode {
	return { name, type: 'n8n-nodes-base.code', typeVersion: 2, parameters: { jsCode: code } };
}

/** A condition of the If and Filter nodes. */
export function conditions(condition: IDataObject): INodeParameters {
	return {
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		conditions: [{ id: '1', ...condition }],
		combinator: 'and',
	};
}

/** Whether an expression is true. */
export const isTrue = (expression: string): IDataObject => ({
	leftValue: expression,
	rightValue: true,
	operator: { type: 'boolean', operation: 'true', singleValue: true },
});

export function ifNode(name: string, condition: IDataObject): ExampleNode {
	return {
		name,
		type: 'n8n-nodes-base.if',
		typeVersion: 2.2,
		parameters: { conditions: conditions(condition), options: {} },
	};
}

/** What the language model of an agent fills in. */
export function fromAI(key: string, about: string, type = 'string'): string {
	return `={{ $fromAI('${key}', '${about}', '${type}') }}`;
}

export function tool(name: string, parameters: INodeParameters): ExampleNode {
	return { name, type: 'n8n-nodes-runcomfy.runComfyTool', typeVersion: 1, parameters };
}

/** The rows of a list of videos. */
export const VIDEO_ROWS = [
	{ prompt: 'the woman is standing beside the boats, her feet soaked in water', image: PUBLIC_IMAGE },
	{ prompt: 'the boats rock gently, the camera pulls back', image: PUBLIC_IMAGE },
	{ prompt: 'evening falls over the shore', image: PUBLIC_IMAGE },
];
