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

/** The ten templates of docs/recipes.md, in its order. recipes.test.ts runs them. */
export const RECIPES = [
	'product-videos.json',
	'scheduled-batch.json',
	'compare-prompts.json',
	'upscale-upload.json',
	'image-to-video-to-post.json',
	'lyrics-to-song.json',
	'deployment.json',
	'check-approve-generate.json',
	'agent-with-budget.json',
	'collect-after-stop.json',
] as const;

/** A file of `examples/`. */
export type ExampleFile = (typeof RECIPES)[number] | 'image-to-video.json';

export const readExampleFile = (file: ExampleFile): IWorkflowBase => readExample(join(FOLDER, file));

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

/** The image of all examples, which RunComfy hosts. */
export const PUBLIC_IMAGE =
	'https://playgrounds-storage-public.runcomfy.net/tools/7002/media-files/usecase5-1-1-input.jpg';
const PUBLIC_IMAGES = /https:\/\/playgrounds-storage-public\.runcomfy\.net\/[^"\\]+/g;
/** Images of a simulator, also of an earlier one on another port. */
const SIMULATED_IMAGES = /http:\/\/127\.0\.0\.1:\d+\/files\/inputs\/[^"\\]+/g;

/** Replaces the pictures on the internet by one that the simulator serves, which has no way there. */
export function withSimulatedImages(workflow: IWorkflowBase, simulator: Pick<Simulator, 'url'>): IWorkflowBase {
	const local = `${simulator.url}/files/inputs/${INPUT_IMAGE}`;
	const text = JSON.stringify(workflow).replace(PUBLIC_IMAGES, local).replace(SIMULATED_IMAGES, local);
	return JSON.parse(text) as IWorkflowBase;
}

/** Puts the picture on the internet in the place of a simulator's, which RunComfy can't reach. */
export function withPublicImages(workflow: IWorkflowBase): IWorkflowBase {
	return JSON.parse(JSON.stringify(workflow).replace(SIMULATED_IMAGES, PUBLIC_IMAGE)) as IWorkflowBase;
}
