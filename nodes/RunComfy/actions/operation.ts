import type { INodeProperties } from 'n8n-workflow';

import type { ItemPreparation } from '../execution/prepareItems';
import type { ItemWork } from '../execution/runItems';

/** An operation of a resource: its parameters, and its work on one item. A paid one prepares all items first. */
export type Operation = { description: INodeProperties[] } & ({ execute: ItemWork } | { prepare: ItemPreparation });

/** A resource: its operation selector, and its operations by value. */
export interface Resource {
	description: INodeProperties[];
	operations: Record<string, Operation>;
}
