import type { INodeType, IVersionedNodeType } from 'n8n-workflow';
import { accessSync, constants, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

import { passingNodeTypes } from '../engine/support/nodeTypes';

/** n8n's own nodes that benches compare with, by the folder and the class of each. */
const CLASSES = { httpRequest: 'HttpRequest', if: 'If', wait: 'Wait' } as const;

/** A node of n8n's own that can be loaded. */
export type BaseNode = keyof typeof CLASSES;

/**
 * Finds n8n's own nodes, which are far too large to be a dependency; the end-to-end tests install them with n8n.
 *
 * @returns the folder of n8n-nodes-base
 */
export async function n8nNodesFolder(): Promise<string> {
	const { ensureN8n } = (await import(join(__dirname, '../../scripts/lib/n8nInstall.mjs'))) as {
		ensureN8n: (major: number) => Promise<{ args: string[] }>;
	};
	const n8n = (await ensureN8n(2)).args[0] ?? onPath('n8n');
	return dirname(createRequire(n8n).resolve('n8n-nodes-base/package.json'));
}

/** The file behind a command. @throws Error when there is none */
function onPath(command: string): string {
	for (const folder of (process.env.PATH ?? '').split(delimiter)) {
		try {
			accessSync(join(folder, command), constants.X_OK);
			return realpathSync(join(folder, command));
		} catch {
			continue;
		}
	}
	throw new Error(`"${command}" is not on the PATH`);
}

/**
 * Lets workflows of this process use these nodes, in the version that n8n adds to a workflow today.
 *
 * @returns the version of each, for `typeVersion`
 */
export function addBaseNodes(nodesFolder: string, nodes: BaseNode[]): Map<BaseNode, number> {
	const load = createRequire(__filename);
	return new Map(
		nodes.map((name) => {
			const className = CLASSES[name];
			const file = join(nodesFolder, 'dist', 'nodes', className, `${className}.node.js`);
			const loaded = load(file) as Record<string, new () => IVersionedNodeType | INodeType>;
			const NodeClass = loaded[className];
			if (NodeClass === undefined) throw new Error(`${file} has no class ${className}`);
			const node = new NodeClass();
			const type = 'getNodeType' in node ? node.getNodeType() : node;
			passingNodeTypes[`n8n-nodes-base.${name}`] = type;
			const versions = [type.description.defaultVersion ?? type.description.version].flat();
			return [name, Math.max(...versions)];
		}),
	);
}
