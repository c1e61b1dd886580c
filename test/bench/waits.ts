/** Measures how well the node waits for many requests. With "--only <part>" one part alone. */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';

import { simulateWaits } from '../support/simulatedWaits';
import { numbers } from '../support/numbers';
import { childRun } from './childRun';
import { SimulatorProcess } from './simulatorProcess';
import { mean, mostWithin } from './statistics';
import { printTable } from './table';
import type { WaitsRunFigures, WaitsRunSettings } from './waitsRun';

const JOB_SECONDS = 7.3;
const ITEMS = [1, 5, 10, 50, 200];

const WAVES = [
	{ items: 50, seconds: 4, maxConcurrency: 50, target: 6.4 },
	{ items: 200, seconds: 7.3, maxConcurrency: 200, target: 12 },
	{ items: 1_000, seconds: 3, maxConcurrency: 200, target: 25 },
];

/** By the word after `--only`. */
const PARTS = {
	requests: measureRequests,
	waves: measureWaves,
	memory: measureMemory,
	stop: measureStop,
	long: measureLongRuns,
};

async function main(): Promise<void> {
	const { only } = parseArgs({ options: { only: { type: 'string' } } }).values;
	const parts = Object.entries(PARTS).filter(([name]) => only === undefined || name === only);
	if (parts.length === 0) throw new Error(`--only must be one of ${Object.keys(PARTS).join(', ')}, not "${only}"`);
	const [cpu] = cpus();
	console.log(
		`Node ${process.versions.node}, ${cpus().length} x ${cpu?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GB`,
	);
	for (const [, measure] of parts) await measure();
}

/** Requests of one model that nothing is known of, all at once. */
async function measureRequests(): Promise<void> {
	const rows: string[][] = [];
	for (const items of ITEMS) rows.push(await measured({ items }));
	console.log(
		`\nRequests of ${JOB_SECONDS} s, Max Concurrency = items, through n8n-core, simulator in another process\n`,
	);
	printTable(
		[
			'items',
			'seconds',
			'x ideal',
			'found late: mean s',
			'worst s',
			'status calls a request',
			'most calls in a second',
			'event loop blocked ms',
			'CPU s',
			'peak memory MB',
		],
		rows,
	);
}

/** Runs once against a simulator of its own. */
async function measured(more: Omit<WaitsRunSettings, 'url'>, jobSeconds = JOB_SECONDS): Promise<string[]> {
	const simulator = await SimulatorProcess.start(jobSeconds);
	const figures = await runOnce({ url: simulator.url, ...more });
	if (figures.succeeded !== more.items) throw new Error(`Only ${figures.succeeded} of ${more.items} succeeded`);
	// The submit that warmed things up came before.
	const requests = (await simulator.requests()).slice(1);
	const reads = (await simulator.received()).filter(({ endpoint }) => endpoint === 'status');
	await simulator.stop();
	const late = requests.map(({ id, submittedAt }) => {
		const found = reads.filter(({ path }) => path.includes(id)).at(-1)?.at ?? NaN;
		return (found - submittedAt) / 1000 - jobSeconds;
	});
	const inASecond = mostWithin(
		1_000,
		reads.map(({ at }) => at),
	);
	return [
		String(more.items),
		figures.seconds.toFixed(1),
		(figures.seconds / jobSeconds).toFixed(2),
		mean(late).toFixed(2),
		Math.max(...late).toFixed(2),
		(reads.length / requests.length).toFixed(1),
		String(inASecond),
		figures.blockMs.toFixed(0),
		figures.cpuSeconds.toFixed(2),
		figures.peakRssMb.toFixed(0),
	];
}

const runOnce = async (settings: WaitsRunSettings) => await childRun<WaitsRunFigures>('waitsRun.ts', settings);

/** Many requests of one model that nothing is known of, against the targets of docs/performance.md. */
async function measureWaves(): Promise<void> {
	const rows: string[][] = [];
	for (const { items, seconds, maxConcurrency, target } of WAVES) {
		const [, took = '', , late = '', worst = '', calls = '', inASecond = '', blocked = ''] = await measured(
			{ items, maxConcurrency },
			seconds,
		);
		const ideal = Math.ceil(items / maxConcurrency) * seconds;
		rows.push([
			`${items} x ${seconds} s`,
			String(maxConcurrency),
			took,
			String(target),
			String(ideal),
			late,
			worst,
			calls,
			inASecond,
			blocked,
			Number(took) <= target ? 'met' : '**missed**',
		]);
	}
	console.log('\nWaves of requests of an unknown model\n');
	printTable(
		[
			'requests',
			'Max Concurrency',
			'seconds',
			'target',
			'ideal',
			'found late: mean s',
			'worst s',
			'status calls a request',
			'most calls in a second',
			'event loop blocked ms',
			'',
		],
		rows,
	);
}

/** What the node holds for each item that waits, garbage aside. */
async function measureMemory(): Promise<void> {
	const live = new Map<number, number>();
	for (const items of [1, 200]) {
		const simulator = await SimulatorProcess.start(JOB_SECONDS);
		live.set(items, (await runOnce({ url: simulator.url, items, measuresMemory: true })).liveBytes);
		await simulator.stop();
	}
	const [few = 0, many = 0] = live.values();
	console.log(
		`\nMemory in use above the start: ${kb(few)} kB with 1 item, ${kb(many)} kB with 200: ${kb((many - few) / 199)} kB an item`,
	);
}

/** How long Stop takes, with 20 requests that are watched. */
async function measureStop(): Promise<void> {
	const simulator = await SimulatorProcess.start(600);
	const figures = await runOnce({ url: simulator.url, items: 20, stops: true });
	const cancels = (await simulator.received()).filter(({ endpoint }) => endpoint === 'cancel');
	await simulator.stop();
	const last = Math.max(...cancels.map(({ at }) => at)) - (figures.stoppedAt ?? NaN);
	console.log(
		`\nStop with 20 requests: ${cancels.length} cancels, the last arrived after ${last} ms; the node had ended after ${figures.endedAfterStopMs} ms`,
	);
}

/** Run times of minutes and hours, on a simulated clock over the node's own poller. */
async function measureLongRuns(): Promise<void> {
	const rows: string[][] = [];
	const random = numbers(1);
	for (const seconds of [5, 60, 600, 3_600]) {
		for (const isKnown of [false, true]) {
			const usualMs = isKnown ? seconds * 1000 : undefined;
			const samples = Array.from({ length: 200 }, () => seconds * 1000 * (isKnown ? 0.9 + 0.2 * random() : 1));
			const single = [];
			for (const runMs of samples)
				single.push(...(await simulateWaits([{ runMs, usualMs }], undefined, random)).waits);
			const together = (
				await simulateWaits(
					samples.map((runMs) => ({ runMs, usualMs })),
					undefined,
					random,
				)
			).waits;
			rows.push([String(seconds), isKnown ? 'known' : 'unknown', ...figuresOf(single), ...figuresOf(together)]);
		}
	}
	console.log(
		'\nLong runs on a simulated clock: calls before the one that finds the end (most), and how late that is\n',
	);
	printTable(
		[
			'run s',
			'run time of the model',
			'one request: calls',
			'mean s late',
			'worst s',
			'200 at once: calls',
			'mean s late',
			'worst s',
		],
		rows,
	);
}

function figuresOf(waits: Array<{ calls: number; lateMs: number }>): string[] {
	const late = waits.map(({ lateMs }) => lateMs / 1000);
	const most = Math.max(...waits.map(({ calls }) => calls));
	return [String(most), mean(late).toFixed(2), Math.max(...late).toFixed(1)];
}

function kb(bytes: number): string {
	return (bytes / 1024).toFixed(1);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error instanceof Error ? error.message : error);
		process.exit(1);
	},
);
