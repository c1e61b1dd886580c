import { mean, median, mostWithin } from './statistics';

/** One run of one contestant. */
export interface PeerFigures {
	/** From the start of the execution to its end, above the render time. Seconds. */
	overSeconds: number;
	/** From the end of a render until its result was read, the mean of all requests. Seconds. */
	lateSeconds: number;
	/** Calls to the API, files not counted. */
	calls: number;
	mostInASecond: number;
	/** Peak of resident memory above the value before the run. */
	growthMb: number;
	/** The machine's load of the last minute. */
	load: number;
}

/** A call that arrived at the simulator. */
export interface PeerCall {
	endpoint: string | undefined;
	path: string;
	/** Milliseconds since 1970. */
	at: number;
}

export const PEERS_HEAD = [
	'requests',
	'how',
	'seconds over the render time',
	'results read: mean s late',
	'API calls',
	'most in a second',
	'memory growth MB',
	'load',
];

/** The figures in the order of the columns, with their decimals; the load is no matter of winning. */
const COLUMNS: Array<{ key: keyof PeerFigures; decimals: number }> = [
	{ key: 'overSeconds', decimals: 1 },
	{ key: 'lateSeconds', decimals: 1 },
	{ key: 'calls', decimals: 0 },
	{ key: 'mostInASecond', decimals: 0 },
	{ key: 'growthMb', decimals: 0 },
];

/** What the simulator says about a run: how late results were read, and the calls. */
export function figuresOfCalls(
	received: PeerCall[],
	requests: Array<{ id: string; submittedAt: number }>,
	renderSeconds: number,
): Pick<PeerFigures, 'lateSeconds' | 'calls' | 'mostInASecond'> {
	const calls = received.filter(({ endpoint }) => endpoint !== 'file');
	const late = requests.map(({ id, submittedAt }) => {
		const read = calls.filter(({ endpoint, path }) => endpoint === 'result' && path.includes(id)).at(-1);
		return ((read?.at ?? NaN) - submittedAt) / 1000 - renderSeconds;
	});
	const mostInASecond = mostWithin(
		1000,
		calls.map(({ at }) => at),
	);
	return { lateSeconds: mean(late), calls: calls.length, mostInASecond };
}

/**
 * The rows of one group: the median of each figure, the best of each column in bold, and the highest load.
 *
 * @param group the name of the job, in the first column
 * @param contestants each with its name and its runs
 */
export function groupRows(group: string, contestants: Array<{ name: string; runs: PeerFigures[] }>): string[][] {
	const medians = contestants.map(({ runs }) =>
		COLUMNS.map(({ key, decimals }) => median(runs.map((run) => run[key])).toFixed(decimals)),
	);
	const best = COLUMNS.map((_, column) => Math.min(...medians.map((cells) => Number(cells[column]))));
	return contestants.map(({ name, runs }, index) => [
		group,
		name,
		...(medians[index] ?? []).map((cell, column) => (Number(cell) === best[column] ? `**${cell}**` : cell)),
		Math.max(...runs.map(({ load }) => load)).toFixed(1),
	]);
}
