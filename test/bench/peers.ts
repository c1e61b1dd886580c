/**
 * The comparison with what people build today. All peers run one after another in one process through n8n-core, against the
 * simulator in another one; rows of the same run time are measured side by side, since all of them nearly always wait.
 *
 * Arguments: "--times 1", "--seconds 2,7.3" and "--items 1,5" for fewer repetitions and rows; "--no-file" leaves the file out;
 * "--short" runs only requests of 2 s, once.
 */
import { loadavg } from 'node:os';

import { childRun } from './childRun';
import { listArgument, median } from './figures';
import { n8nNodesFolder } from './n8nNodes';
import { PEERS, type Peer } from './peerWorkflows';
import type { PeerFigures, PeersRunSettings } from './peersRun';
import { SimulatorProcess } from './simulatorProcess';
import { printTable } from './table';

const FILE_MB = 200;
const FILE_RUN_SECONDS = 2;

/** One peer, once. Times in seconds. */
interface Measurement {
	peer: Peer;
	seconds: number;
	/** From the end of a request at RunComfy to the read that sees it. */
	meanLate: number;
	worstLate: number;
	calls: number;
	growthMb: number;
	load: number;
}

async function main(): Promise<void> {
	const isShort = process.argv.includes('--short');
	const times = listArgument('--times', [isShort ? 1 : 3])[0] ?? 3;
	const runSeconds = listArgument('--seconds', isShort ? [2] : [2, 7.3, 65]);
	const itemCounts = listArgument('--items', [1, 5, 50]);
	const withFile = !isShort && !process.argv.includes('--no-file');
	const estimate = runSeconds.reduce((sum, seconds) => sum + (seconds + 8) * PEERS.length * times, 0);
	console.log(`Medians of ${times}. Minutes that this takes: about ${Math.ceil(estimate / 60)}.`);
	const nodesFolder = await n8nNodesFolder();
	for (const seconds of runSeconds) {
		const rows = await Promise.all(
			itemCounts.map(async (items) => await repeated(times, { seconds, items, nodesFolder })),
		);
		print(`Requests of ${seconds} s`, rows.flat());
	}
	if (withFile) {
		const row = await repeated(times, { seconds: FILE_RUN_SECONDS, items: 1, nodesFolder, fileMb: FILE_MB });
		print(`One request of ${FILE_RUN_SECONDS} s with a file of ${FILE_MB} MB, in n8n's filesystem storage`, row);
	}
}

interface Row {
	seconds: number;
	items: number;
	nodesFolder: string;
	fileMb?: number;
}

/** Another order each time, so that no peer always comes after the same one. */
async function repeated(times: number, row: Row): Promise<string[][]> {
	const all: Measurement[] = [];
	for (let time = 0; time < times; time++) {
		const first = time % PEERS.length;
		all.push(...(await once(row, [...PEERS.slice(first), ...PEERS.slice(0, first)])));
	}
	return PEERS.map((peer) => {
		const own = all.filter((measurement) => measurement.peer === peer);
		const of = (key: Exclude<keyof Measurement, 'peer'>) => median(own.map((measurement) => measurement[key]));
		return [
			String(row.items),
			peer,
			of('seconds').toFixed(1),
			of('meanLate').toFixed(2),
			of('worstLate').toFixed(2),
			(of('calls') / row.items).toFixed(1),
			of('growthMb').toFixed(1),
			of('load').toFixed(1),
		];
	});
}

async function once({ seconds, items, nodesFolder, fileMb }: Row, peers: Peer[]): Promise<Measurement[]> {
	const simulator = await SimulatorProcess.start(seconds);
	const { url } = simulator;
	const fileUrl = fileMb === undefined ? undefined : `${url}/files/r/large-${fileMb}.mp4`;
	const settings: PeersRunSettings = { url, items, peers, nodesFolder, fileUrl };
	const figures = await childRun<PeerFigures[]>('peersRun.ts', settings);
	const [received, requests] = [await simulator.received(), await simulator.requests()];
	await simulator.stop();
	return figures.map(({ peer, startedAt, endedAt, succeeded, growthMb }) => {
		if (succeeded !== items) throw new Error(`${peer}: only ${succeeded} of ${items} succeeded`);
		const isOwn = (at: number) => at >= startedAt && at <= endedAt;
		const calls = received.filter(({ at }) => isOwn(at));
		const late = requests
			.filter(({ submittedAt }) => isOwn(submittedAt))
			.map(({ id, submittedAt }) => {
				const reads = calls.filter(({ endpoint, path }) => endpoint === 'status' && path.includes(id));
				return ((reads.at(-1)?.at ?? endedAt) - submittedAt) / 1000 - seconds;
			});
		return {
			peer,
			seconds: (endedAt - startedAt) / 1000,
			meanLate: late.reduce((sum, value) => sum + value, 0) / late.length,
			worstLate: Math.max(...late),
			// The check of the input picture is this node's alone, and goes to the picture's host.
			calls: calls.filter(({ endpoint }) => endpoint !== 'media').length,
			growthMb,
			load: loadavg()[0] ?? NaN,
		};
	});
}

function print(title: string, rows: string[][]): void {
	console.log(`\n${title}\n`);
	const head = [
		'requests',
		'how',
		'seconds',
		'found late: mean s',
		'worst s',
		'calls a request',
		'memory MB',
		'load',
	];
	printTable(head, rows);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
