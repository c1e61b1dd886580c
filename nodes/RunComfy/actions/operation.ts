import type { INodeProperties } from 'n8n-workflow';

import type { ItemWork } from '../execution/runItems';

/** An operation of a resource: its parameters, and its work on one item. */
export interface Operation {
	description: INodeProperties[];
	execute: ItemWork;
}

/** A resource: its operation selector, and the operations by their value. */
export interface Resource {
	description: INodeProperties[];
	operations: Record<string, Operation>;
}
