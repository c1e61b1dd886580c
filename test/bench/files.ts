/** Measures memory and speed of downloads, beside curl in the same run. The simulator is a process of its own. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { hashOfLargeFile } from '../simulator/largeFiles';
import { childRun } from './childRun';
import type { FilesRunFigures, FilesRunSettings } from './filesRun';
import { n8nNodesFolder } from './n8nBaseNodes';
import { SimulatorProcess } from './simulatorProcess';
import { printTable } from './table';

const run = promisify(execFile);

/** As many as the node fetches at once. */
const AT_ONCE = 4;

const CASES: Array<{ items: number; megabytes: number; store: FilesRunSettings['store'] }> = [
	{ items: 1, megabytes: 1, store: 'filesystem' },
	{ items: 1, megabytes: 200, store: 'filesystem' },
	{ items: 5, megabytes: 100, store: 'filesystem' },
	{ items: 20, megabytes: 20, store: 'filesystem' },
	{ items: 1, megabytes: 2_000, store: 'filesystem' },
	{ items: 1, megabytes: 200, store: 'memory' },
];

async function main(): Promise<void> {
	const rows: string[][] = [];
	let small = 0;
	for (const { items, megabytes, store } of CASES) {
		const simulator = await SimulatorProcess.start(0);
		const output = { video: `${simulator.url}/files/r/large-${megabytes}.mp4` };
		await simulator.plan({ output: { video: `${simulator.url}/files/r/video-720p-121.mp4` } });
		for (let item = 0; item < items; item++) await simulator.plan({ output });
		const { growthMb, seconds, hashes, error } = await measured({ url: simulator.url, items, store });
		const curlSeconds = await curl(output.video, items);
		await simulator.stop();
		if (megabytes === 1) small = growthMb;
		const wanted = hashOfLargeFile(megabytes);
		const isRight = error === undefined && hashes.length === items && hashes.every((hash) => hash === wanted);
		rows.push([
			`${items} x ${megabytes} MB`,
			store,
			growthMb.toFixed(1),
			(growthMb - small).toFixed(1),
			((items * megabytes) / seconds).toFixed(0),
			curlSeconds === undefined ? 'no curl here' : ((items * megabytes) / curlSeconds).toFixed(0),
			curlSeconds === undefined ? '' : (curlSeconds / seconds).toFixed(2),
			isRight ? 'all right' : `WRONG ${error ?? ''}`,
		]);
	}
	const simulator = await SimulatorProcess.start(0);
	const plainUrl = `${simulator.url}/files/r/large-200.mp4`;
	const { growthMb, seconds } = await measured({ url: simulator.url, items: 1, store: 'filesystem', plainUrl });
	rows.push(await httpRequestRow(simulator.url, plainUrl, small));
	await simulator.stop();
	rows.push([
		'1 x 200 MB',
		'none: Node alone, http to fs.writeFile',
		growthMb.toFixed(1),
		(growthMb - small).toFixed(1),
		(200 / seconds).toFixed(0),
		'',
		'',
		'',
	]);
	console.log('\nDownloads through n8n-core\n');
	printTable(
		[
			'files',
			'store',
			'memory growth MB',
			'above that of 1 MB',
			'MB a second',
			'curl MB a second',
			'of curl',
			'checksums',
		],
		rows,
	);
}

/** What users have without this node. */
async function httpRequestRow(url: string, fileUrl: string, small: number): Promise<string[]> {
	const nodesFolder = await n8nNodesFolder();
	const { growthMb, seconds, hashes, error } = await measured({
		url,
		items: 1,
		store: 'filesystem',
		httpRequest: { nodesFolder, fileUrl },
	});
	const isRight = error === undefined && hashes[0] === hashOfLargeFile(200);
	return [
		'1 x 200 MB',
		"filesystem, by n8n's HTTP Request node",
		growthMb.toFixed(1),
		(growthMb - small).toFixed(1),
		(200 / seconds).toFixed(0),
		'',
		'',
		isRight ? 'all right' : `WRONG ${error ?? ''}`,
	];
}

const measured = async (settings: FilesRunSettings) => await childRun<FilesRunFigures>('filesRun.ts', settings);

/** Seconds that curl takes to put the same files on the same disk. */
async function curl(url: string, count: number): Promise<number | undefined> {
	const folder = mkdtempSync(join(tmpdir(), 'runcomfy-curl-'));
	const files = Array.from({ length: count }, (_, index) => ['-o', join(folder, `${index}.mp4`), url]).flat();
	const startedAt = process.hrtime.bigint();
	try {
		await run('curl', ['--silent', '--parallel', '--parallel-max', String(AT_ONCE), ...files]);
		return Number(process.hrtime.bigint() - startedAt) / 1e9;
	} catch {
		return undefined;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
