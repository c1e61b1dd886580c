import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import type { INodeType, IVersionedNodeType } from 'n8n-workflow';

import { passingNodeTypes } from '../engine/support/nodeTypes';

/** n8n's own nodes that a bench runs, at the versions that its workflows name. */
const NODES = { HttpRequest: 4.2, If: 2.2, Wait: 1.1 } as const;

/** Where n8n's own nodes are: far too large to be a dependency, they are installed with n8n, once. */
export async function n8nNodesFolder(): Promise<string> {
	const { ensureN8n } = (await import(join(__dirname, '../../scripts/lib/n8nInstall.mjs'))) as {
		ensureN8n: (major: number) => Promise<{ args: string[] }>;
	};
	const [n8n = ''] = (await ensureN8n(2)).args;
	return join(dirname(n8n), '..', '..', 'n8n-nodes-base');
}

/** Lets the engine of this process run some of n8n's own nodes. */
export function useN8nNodes(folder: string, names: ReadonlyArray<keyof typeof NODES>): void {
	const load = createRequire(__filename);
	for (const name of names) {
		const exported = load(join(folder, 'dist', 'nodes', name, `${name}.node.js`)) as Record<
			string,
			new () => INodeType | IVersionedNodeType
		>;
		const node = new exported[name]!();
		const type = 'getNodeType' in node ? node.getNodeType(NODES[name]) : node;
		passingNodeTypes[`n8n-nodes-base.${name.charAt(0).toLowerCase()}${name.slice(1)}`] = type;
	}
}
