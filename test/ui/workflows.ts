import type { IDataObject, INodeParameters } from 'n8n-workflow';

import type { LocalN8n } from '../e2e/localN8n';
import { runComfyNode } from '../engine/support/engine';

const TRIGGER = 'Manual Trigger';

/** A node of a row: its name on the canvas, and its parameters. */
export interface NodeOfRow {
	name: string;
	parameters: INodeParameters;
}

/**
 * Stores a workflow of a manual trigger and RunComfy nodes in a row.
 *
 * @param items what the trigger puts out; one empty item by default
 * @returns the workflow's id
 */
export async function storeRow(
	{ rest, credential }: LocalN8n,
	row: NodeOfRow[],
	items?: IDataObject[],
): Promise<string> {
	const { id, name } = credential;
	const nodes = row.map((node, index) => ({
		...runComfyNode(node.parameters),
		id: `node-${index}`,
		name: node.name,
		position: [250 * (index + 1), 0] as [number, number],
		credentials: { runComfyApi: { id, name } },
	}));
	const trigger = {
		...runComfyNode({}),
		id: 'trigger',
		name: TRIGGER,
		type: 'n8n-nodes-base.manualTrigger',
		position: [0, 0] as [number, number],
		credentials: {},
	};
	const names = [TRIGGER, ...row.map((node) => node.name)];
	const connections = Object.fromEntries(
		row.map((node, index) => [names[index], { main: [[{ node: node.name, type: 'main' as const, index: 0 }]] }]),
	);
	const { id: workflowId } = await rest.createWorkflow({
		name: 'A row of nodes',
		nodes: [trigger, ...nodes],
		connections,
		settings: {},
		// n8n 2.40.7 can't run a single step of a workflow that was stored without any (seen).
		pinData: items === undefined ? {} : { [TRIGGER]: items.map((json) => ({ json })) },
	});
	return workflowId;
}
