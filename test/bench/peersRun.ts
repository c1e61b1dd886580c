/** All peers one after another, in one process. Takes its settings as JSON, prints their figures as JSON. */
import axios from 'axios';

import { Engine } from '../engine/support/engine';
import { passingNodeTypes } from '../engine/support/nodeTypes';
import { credentialFor } from '../simulator/accounts';
import { printFigures } from './childRun';
import { useN8nNodes } from './n8nNodes';
import { peerWorkflow, type Peer } from './peerWorkflows';
import { PollingLoopNode } from './pollingLoopNode';

/** What to run. */
export interface PeersRunSettings {
	url: string;
	items: number;
	/** In this order. */
	peers: Peer[];
	/** The result's file, fetched too. */
	fileUrl?: string;
	nodesFolder: string;
}

/** What one peer took. */
export interface PeerFigures {
	peer: Peer;
	/** Milliseconds since 1970. */
	startedAt: number;
	endedAt: number;
	succeeded: number;
	/** The most memory in use above that before, heap and buffers, in MB. */
	growthMb: number;
}

const SAMPLE_MS = 10;
const MB = 1_048_576;

async function main(settings: PeersRunSettings): Promise<PeerFigures[]> {
	useN8nNodes(settings.nodesFolder, ['HttpRequest', 'If', 'Wait']);
	passingNodeTypes['bench.pollingLoop'] = new PollingLoopNode();
	const engine = await Engine.start();
	try {
		const figures: PeerFigures[] = [];
		for (const peer of settings.peers) {
			await warmUp(engine, peer, settings);
			figures.push(await measured(engine, peer, settings));
		}
		return figures;
	} finally {
		engine.stop();
	}
}

/** Loads what is loaded once. This node only submits: it would learn how long the model takes. */
async function warmUp(engine: Engine, peer: Peer, { url }: PeersRunSettings): Promise<void> {
	await axios.post(`${url}/_simulator/plans`, { queueMs: 0, runMs: 0 });
	const workflow = peerWorkflow(peer, url, 1, false);
	if (peer === 'this node')
		for (const node of workflow.nodes) Object.assign(node.parameters, { operation: 'submit', options: {} });
	await engine.execute(workflow, { credential: credentialFor(url) });
}

async function measured(engine: Engine, peer: Peer, settings: PeersRunSettings): Promise<PeerFigures> {
	const { url, fileUrl } = settings;
	const output = { video: fileUrl };
	if (fileUrl !== undefined)
		for (let item = 0; item < settings.items; item++) await axios.post(`${url}/_simulator/plans`, { output });
	const workflow = peerWorkflow(peer, url, settings.items, fileUrl !== undefined);
	(globalThis.gc as () => void)();
	const inUse = () => {
		const { heapUsed, external } = process.memoryUsage();
		return heapUsed + external;
	};
	const before = inUse();
	let most = before;
	const sample = () => {
		most = Math.max(most, inUse());
	};
	const timer = setInterval(sample, SAMPLE_MS);
	const startedAt = Date.now();
	const items = Array.from({ length: settings.items }, (_, index) => ({ json: { index } }));
	const { run } = await engine.execute(workflow, { credential: credentialFor(url), items });
	const endedAt = Date.now();
	clearInterval(timer);
	sample();
	const { error, runData } = run.data.resultData;
	if (error) throw error;
	const results = (runData[workflow.last] ?? []).flatMap(({ data }) => data?.main?.[0] ?? []);
	const succeeded = results.filter(({ json, binary }) =>
		fileUrl === undefined ? json.status === 'succeeded' : binary?.data !== undefined,
	);
	return { peer, startedAt, endedAt, succeeded: succeeded.length, growthMb: (most - before) / MB };
}

printFigures(main);
