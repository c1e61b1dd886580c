/** One measured execution of one contestant, in a process of its own. Takes its settings as JSON, prints its figures as JSON. */
import axios from 'axios';
import { loadavg } from 'node:os';

import { Engine, toExecution } from '../engine/support/engine';
import { passingNodeTypes } from '../engine/support/nodeTypes';
import { credentialFor } from '../simulator/accounts';
import { INPUT_IMAGE } from '../simulator/media';
import { printFigures } from './childRun';
import { watchMemoryGrowth } from './memoryGrowth';
import { addBaseNodes } from './n8nBaseNodes';
import { intervalOf, type Peer } from './peersPlan';
import { peerWorkflow, type PeerJob } from './peerWorkflows';
import { PollingLoopNode } from './pollingLoopNode';
import { storedHash } from './storedHash';

/** What to run. */
export interface PeersRunSettings {
	peer: Peer;
	/** A simulator that nobody else uses. */
	url: string;
	requests: number;
	download: boolean;
	/** The folder of n8n-nodes-base. */
	nodesFolder: string;
}

/** What it took. */
export interface PeersRunFigures {
	seconds: number;
	succeeded: number;
	/** Peak of resident memory above the value before the run. */
	growthMb: number;
	/** SHA-256 of each stored file. */
	hashes: string[];
	/** The machine's load of the last minute, when the run had ended. */
	load: number;
	error?: string;
}

const MODEL = 'bytedance/dreamina-3-0/image-to-video';
/** Another one, so that the node doesn't know the run time of the measured model. */
const WARM_UP_MODEL = 'bytedance/seedance-2.5/text-to-video/480p';
const WARM_UP_INTERVAL_SECONDS = 0.1;
const SAMPLE_MS = 5;

async function main(settings: PeersRunSettings): Promise<PeersRunFigures> {
	const { peer, url, requests, download, nodesFolder } = settings;
	passingNodeTypes['bench.pollingLoop'] = new PollingLoopNode();
	const versions = addBaseNodes(nodesFolder, ['httpRequest', 'if', 'wait']);
	const engine = await Engine.start();
	const credential = {
		...credentialFor(url),
		name: 'Authorization',
		value: `Bearer ${credentialFor(url).apiToken}`,
	};
	const run = async (job: PeerJob) => {
		const workflow = peerWorkflow(peer, job, versions);
		const items = Array.from({ length: job.requests }, (_, index) => ({ json: { index } }));
		const { run } = toExecution(await engine.start(workflow, { credential, items }));
		const tasks = run.data.resultData.runData[workflow.last] ?? [];
		const output = tasks.flatMap(({ data }) => data?.main?.[0] ?? []);
		return { output, error: run.data.resultData.error?.message };
	};

	const warmUp = { runMs: 0, output: { video: `${url}/files/r/video-720p-121.mp4` } };
	await axios.post(`${url}/_simulator/plans`, warmUp);
	const common = { url, download };
	const warm = await run({
		...common,
		model: WARM_UP_MODEL,
		input: { prompt: 'a boat' },
		intervalSeconds: WARM_UP_INTERVAL_SECONDS,
		requests: 1,
	});
	if (warm.output.length !== 1) throw new Error(`${peer} did not warm up: ${warm.error ?? 'no output'}`);
	await axios.post(`${url}/_simulator/reset`, {});

	const memoryGrowth = watchMemoryGrowth(SAMPLE_MS);
	const startedAt = performance.now();
	const { output, error } = await run({
		...common,
		model: MODEL,
		input: { prompt: 'a boat', image_urls: [`${url}/files/inputs/${INPUT_IMAGE}`] },
		intervalSeconds: intervalOf(peer),
		requests,
	});
	const seconds = (performance.now() - startedAt) / 1000;
	const growthMb = memoryGrowth();
	const hashes: string[] = [];
	for (const { binary } of output) if (binary?.data) hashes.push(await storedHash(binary.data));
	engine.stop();
	return { seconds, succeeded: output.length, growthMb, hashes, load: loadavg()[0] ?? NaN, error };
}

printFigures(main);
