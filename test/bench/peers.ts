/** Compares the node with what people build without it, each as a workflow in n8n's engine. The simulator is a process of its own. */
import { hashOfLargeFile } from '../simulator/largeFiles';
import { childRun } from './childRun';
import { n8nNodesFolder } from './n8nBaseNodes';
import { minutesOf, PEERS, peersGroups, peersOptions, secondsOf, type Peer, type PeersGroup } from './peersPlan';
import type { PeersRunFigures, PeersRunSettings } from './peersRun';
import { figuresOfCalls, groupRows, PEERS_HEAD, type PeerFigures } from './peersTable';
import { SimulatorProcess } from './simulatorProcess';
import { printTableHead, printTableRow } from './table';

/** What a run may take above what it should, before it is ended: a slow machine, and a large file. */
const LIMIT_FACTOR = 3;
const LIMIT_SECONDS = 60;

async function main(): Promise<void> {
	const options = peersOptions(process.argv.slice(2));
	const groups = peersGroups(options);
	const { times } = options;
	console.log(`About ${minutesOf(groups, times)} minutes: ${groups.length} groups, medians of ${times}.`);
	const nodesFolder = await n8nNodesFolder();
	printTableHead(PEERS_HEAD);
	for (const group of groups) {
		const runs = new Map<Peer, PeerFigures[]>(group.peers.map((peer) => [peer, []]));
		for (let time = 0; time < times; time++) {
			const measure = async (peer: Peer) => runs.get(peer)?.push(await measured(peer, group, nodesFolder));
			// Another one begins each time, so that none always meets the machine as the same other one left it.
			const turn = time % group.peers.length;
			const order = [...group.peers.slice(turn), ...group.peers.slice(0, turn)];
			if (group.sideBySide) await Promise.all(order.map(measure));
			else for (const peer of order) await measure(peer);
		}
		const contestants = group.peers.map((peer) => ({ name: PEERS[peer], runs: runs.get(peer) ?? [] }));
		groupRows(nameOf(group), contestants).forEach(printTableRow);
	}
	console.log('\nThe best figure of each group is bold. Load: the highest of the runs, of the last minute.');
}

/** One run against a simulator of its own. @throws Error when a request or a file is missing */
async function measured(peer: Peer, group: PeersGroup, nodesFolder: string): Promise<PeerFigures> {
	const { requests, seconds: render, fileMb } = group;
	const simulator = await SimulatorProcess.start(render);
	try {
		if (fileMb > 0) await simulator.planAll(render, { video: `${simulator.url}/files/r/large-${fileMb}.mp4` });
		const limit = LIMIT_FACTOR * secondsOf(peer, requests, render) + LIMIT_SECONDS;
		const settings: PeersRunSettings = { peer, url: simulator.url, requests, download: fileMb > 0, nodesFolder };
		const figures = await childRun<PeersRunFigures>('peersRun.ts', settings, limit);
		const { seconds, growthMb, load, succeeded, hashes, error } = figures;
		const wanted = fileMb > 0 ? Array<string>(requests).fill(hashOfLargeFile(fileMb)) : [];
		if (succeeded !== requests || hashes.join() !== wanted.join())
			throw new Error(
				`${PEERS[peer]}: ${succeeded} of ${requests} succeeded, ${hashes.length} files. ${error ?? ''}`,
			);
		const calls = figuresOfCalls(await simulator.received(), await simulator.requests(), render);
		return { overSeconds: seconds - render, growthMb, load, ...calls };
	} finally {
		await simulator.stop();
	}
}

function nameOf({ requests, seconds, fileMb }: PeersGroup): string {
	return `${requests} x ${seconds} s${fileMb > 0 ? `, a file of ${fileMb} MB` : ''}`;
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
