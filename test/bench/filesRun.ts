/** One measured execution that fetches files, in a process of its own. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { IBinaryData } from 'n8n-workflow';

import { Engine, runComfyNode } from '../engine/support/engine';
import { credentialFor } from '../simulator/accounts';
import { INPUT_IMAGE } from '../simulator/media';
import { printFigures } from './childRun';
import { watchMemoryGrowth } from './memoryGrowth';
import { addBaseNodes } from './n8nBaseNodes';
import { storedHash } from './storedHash';

/** What to run: so many items, whose requests are planned with one file each. */
export interface FilesRunSettings {
	url: string;
	items: number;
	store: 'filesystem' | 'memory';
	/** Instead of n8n and the node: Node's own answer, written to a file by Node's own function. */
	plainUrl?: string;
	/** Instead of the node: n8n's own HTTP Request node, from the n8n installation in this folder. */
	httpRequest?: { nodesFolder: string; fileUrl: string };
}

/** What it took. */
export interface FilesRunFigures {
	seconds: number;
	/** The most resident memory above that before the run, in MB. */
	growthMb: number;
	hashes: string[];
	error?: string;
}

const HTTP_REQUEST = 'n8n-nodes-base.httpRequest';
const SAMPLE_MS = 5;

async function main({ url, items, store, plainUrl, httpRequest }: FilesRunSettings): Promise<FilesRunFigures> {
	const engine = await Engine.start();
	await engine.useStore(store);
	const credential = credentialFor(url);
	const typeVersion = httpRequest && addBaseNodes(httpRequest.nodesFolder, ['httpRequest']).get('httpRequest');
	const measuredWorkflow = httpRequest ? httpRequestWorkflow(httpRequest.fileUrl, typeVersion) : workflowOf(url);
	// Loads what is loaded once; the simulator plans a small file for it.
	await engine.execute(workflowOf(url), { credential });
	if (httpRequest)
		await engine.execute(httpRequestWorkflow(`${url}/files/r/video-720p-121.mp4`, typeVersion), { credential });
	const memoryGrowth = watchMemoryGrowth(SAMPLE_MS);
	const startedAt = process.hrtime.bigint();
	const all = Array.from({ length: items }, () => ({ json: {} }));
	const execution =
		plainUrl === undefined
			? await engine.execute(measuredWorkflow, { credential, items: all })
			: await fetchPlainly(plainUrl);
	const seconds = Number(process.hrtime.bigint() - startedAt) / 1e9;
	const growthMb = memoryGrowth();
	const hashes: string[] = [];
	for (const item of execution?.items('RunComfy') ?? [])
		hashes.push(await storedHash(item.binary?.data as IBinaryData));
	engine.stop();
	return { seconds, growthMb, hashes, error: execution?.error('RunComfy')?.message };
}

function httpRequestWorkflow(fileUrl: string, typeVersion = 1) {
	const trigger = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	const options = { response: { response: { responseFormat: 'file', outputPropertyName: 'data' } } };
	const node = {
		...runComfyNode({ method: 'GET', url: fileUrl, options }),
		type: HTTP_REQUEST,
		typeVersion,
		credentials: undefined,
	};
	return {
		nodes: [trigger, node],
		connections: { Trigger: { main: [[{ node: 'RunComfy', type: 'main' as const, index: 0 }]] } },
		settings: { executionOrder: 'v1' as const },
	};
}

async function fetchPlainly(url: string): Promise<undefined> {
	const folder = mkdtempSync(join(tmpdir(), 'runcomfy-plain-'));
	const response = await new Promise<IncomingMessage>((resolve) => get(url, resolve));
	await writeFile(join(folder, 'file'), response);
	rmSync(folder, { recursive: true, force: true });
}

function workflowOf(url: string) {
	const input = { prompt: 'a boat', image_urls: [`${url}/files/inputs/${INPUT_IMAGE}`] };
	const trigger = { ...runComfyNode({}), id: 'trigger', name: 'Trigger', type: 'n8n-nodes-base.manualTrigger' };
	return {
		nodes: [
			trigger,
			runComfyNode({
				resource: 'request',
				operation: 'submitAndWait',
				specifyInput: 'json',
				inputJson: JSON.stringify(input),
				options: { maxConcurrency: 20 },
			}),
		],
		connections: { Trigger: { main: [[{ node: 'RunComfy', type: 'main' as const, index: 0 }]] } },
		settings: { executionOrder: 'v1' as const },
	};
}

printFigures(main);
