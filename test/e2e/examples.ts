import type { IWorkflowBase } from 'n8n-workflow';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { INPUT_IMAGE } from '../simulator/media';
import type { Simulator } from '../simulator/simulator';

const FOLDER = resolve(__dirname, '..', '..', 'examples');

/** The example workflows, as n8n exports them. */
export function readExamples(): IWorkflowBase[] {
	return readdirSync(FOLDER)
		.filter((name) => name.endsWith('.json'))
		.sort()
		.map((name) => readExample(join(FOLDER, name)));
}

/** Reads a workflow file. @throws Error naming the file when it is no JSON */
export function readExample(path: string): IWorkflowBase {
	try {
		return JSON.parse(readFileSync(path, 'utf8')) as IWorkflowBase;
	} catch (error) {
		throw new Error(`${path} is not a workflow: ${error instanceof Error ? error.message : String(error)}`);
	}
}

/** Points the RunComfy nodes of a workflow to a credential. */
export function withCredential(workflow: IWorkflowBase, credential: { id: string; name: string }): IWorkflowBase {
	const { id, name } = credential;
	return {
		...workflow,
		nodes: workflow.nodes.map((node) =>
			node.credentials?.runComfyApi ? { ...node, credentials: { runComfyApi: { id, name } } } : node,
		),
	};
}

/** Replaces the pictures on the internet by one that the simulator serves, which has no way there. */
export function withSimulatedImages(workflow: IWorkflowBase, simulator: Simulator): IWorkflowBase {
	const local = `${simulator.url}/files/inputs/${INPUT_IMAGE}`;
	const text = JSON.stringify(workflow).replace(
		/https:\/\/playgrounds-storage-public\.runcomfy\.net\/[^"\\]+/g,
		local,
	);
	return JSON.parse(text) as IWorkflowBase;
}
