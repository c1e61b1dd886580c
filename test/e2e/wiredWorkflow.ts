import type { IDataObject, INode, INodeExecutionData, INodeParameters, IWorkflowBase } from 'n8n-workflow';

import type { StoredCredential } from './n8nRest';

/** A node of such a workflow. */
export interface WiredNode {
	type: string;
	typeVersion?: number;
	parameters?: INodeParameters;
	position?: [number, number];
	/** Further settings, such as `disabled` and `onError`. */
	more?: Partial<INode>;
}

/** A workflow as its wires: `From:output>To:input`, where 0 may be left out. */
export interface WiredWorkflow {
	name: string;
	nodes: Record<string, WiredNode>;
	wires: string[];
	items: IDataObject[];
}

const TRIGGER = 'Manual Trigger';

/** The workflow that n8n stores. Nodes of the package get the credential. */
export function toWorkflow({ name, nodes, wires, items }: WiredWorkflow, credential: StoredCredential) {
	const connections: IWorkflowBase['connections'] = {};
	for (const wire of wires) {
		const [from = '', to = ''] = wire.split('>');
		const [source = '', output = '0'] = from.split(':');
		const [target = '', input = '0'] = to.split(':');
		const { main = [] } = (connections[source] ??= { main: [] });
		while (main.length <= Number(output)) main.push([]);
		main[Number(output)]?.push({ node: target, type: 'main', index: Number(input) });
	}
	const all: Record<string, WiredNode> = { [TRIGGER]: { type: 'n8n-nodes-base.manualTrigger' }, ...nodes };
	const pinned: INodeExecutionData[] = items.map((json) => ({ json }));
	return {
		name,
		nodes: Object.entries(all).map(([key, { type, typeVersion = 1, parameters = {}, position, more }], index) => ({
			id: `${name}-${index}`,
			name: key,
			type,
			typeVersion,
			parameters,
			position: position ?? ([index * 200, 0] as [number, number]),
			...(type.startsWith('n8n-nodes-runcomfy.')
				? { credentials: { runComfyApi: { id: credential.id, name: credential.name } } }
				: {}),
			...more,
		})),
		connections,
		settings: { executionOrder: 'v1' as const },
		pinData: { [TRIGGER]: pinned },
	} satisfies Partial<IWorkflowBase>;
}
