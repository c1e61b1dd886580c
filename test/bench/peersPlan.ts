import { parseArgs } from 'node:util';

/** Who takes part. */
export const PEERS = {
	httpRequest: 'HTTP Request, Wait 5 s, IF',
	loop2: 'loop, all at once, every 2 s',
	loop5: 'loop, all at once, every 5 s',
	sequential2: 'loop, one after another, every 2 s',
	node: 'this node',
} as const;

export type Peer = keyof typeof PEERS;

/** What `npm run bench -- peers` measures. */
export interface PeersOptions {
	/** How often each measurement is repeated; the table has the medians. */
	times: number;
	/** How many requests an execution has, one row group for each. */
	requests: number[];
	/** Render times in seconds. */
	seconds: number[];
	/** Size of the one file that is downloaded in the last row group, in MB; 0 leaves it out. */
	fileMb: number;
}

/** One row group of the table. */
export interface PeersGroup {
	requests: number;
	seconds: number;
	/** 0 when nothing is downloaded. */
	fileMb: number;
	peers: Peer[];
	/** Whether the contestants run at the same time: in long renders they sleep nearly all the time. */
	sideBySide: boolean;
}

/** The interval that a contestant's name states. Seconds. */
export function intervalOf(peer: Peer): number {
	return peer === 'loop2' || peer === 'sequential2' ? 2 : 5;
}

/** How long a loop that takes one request after another may be, to be worth measuring. */
const MAX_SEQUENTIAL_SECONDS = 60;
const SIDE_BY_SIDE_SECONDS = 30;
/** What starting the processes and loading n8n takes. */
const START_SECONDS = 6;

/**
 * @param args what follows the name of the bench: `--times`, `--requests`, `--seconds` and `--file-mb`, lists with commas
 * @throws Error naming an option that is unknown or no positive number
 */
export function peersOptions(args: string[]): PeersOptions {
	const { values } = parseArgs({
		args,
		options: {
			times: { type: 'string', default: '3' },
			requests: { type: 'string', default: '1,5,50' },
			seconds: { type: 'string', default: '2,7.3,65' },
			'file-mb': { type: 'string', default: '200' },
		},
	});
	const numbers = (name: keyof typeof values, isValid: (value: number) => boolean, what: string): number[] =>
		values[name].split(',').map((text) => {
			const value = Number(text);
			if (text.trim() !== '' && isValid(value)) return value;
			throw new Error(`--${name} must be ${what}, not "${values[name]}"`);
		});
	const isCount = (value: number) => Number.isInteger(value) && value > 0;
	return {
		times: numbers('times', isCount, 'a whole number from 1')[0] ?? 1,
		requests: numbers('requests', isCount, 'whole numbers from 1'),
		seconds: numbers('seconds', (value) => value > 0 && Number.isFinite(value), 'seconds above 0'),
		fileMb: numbers('file-mb', (value) => value === 0 || isCount(value), 'a whole number of MB')[0] ?? 0,
	};
}

/** The row groups in the order of the table. A file comes with the shortest render. */
export function peersGroups({ requests, seconds, fileMb }: PeersOptions): PeersGroup[] {
	const groups = seconds.flatMap((render) => requests.map((count) => groupOf(count, render, 0)));
	return fileMb === 0 ? groups : [...groups, groupOf(1, Math.min(...seconds), fileMb)];
}

function groupOf(requests: number, seconds: number, fileMb: number): PeersGroup {
	const all = Object.keys(PEERS) as Peer[];
	const sequential = secondsOf('sequential2', requests, seconds);
	const hasSequential = requests > 1 && sequential <= MAX_SEQUENTIAL_SECONDS;
	const peers = all.filter((peer) => peer !== 'sequential2' || hasSequential);
	return { requests, seconds, fileMb, peers, sideBySide: fileMb === 0 && seconds >= SIDE_BY_SIDE_SECONDS };
}

/** About how long one contestant takes for a group, at its worst. */
export function secondsOf(peer: Peer, requests: number, seconds: number): number {
	const one = seconds + intervalOf(peer);
	return peer === 'sequential2' ? requests * one : one;
}

/** About how many minutes all groups take, rounded up. */
export function minutesOf(groups: PeersGroup[], times: number): number {
	const seconds = groups.map(({ peers, requests, seconds: render, sideBySide }) => {
		const each = peers.map((peer) => secondsOf(peer, requests, render) + START_SECONDS);
		return sideBySide ? Math.max(...each) : each.reduce((sum, one) => sum + one, 0);
	});
	return Math.ceil((times * seconds.reduce((sum, one) => sum + one, 0)) / 60);
}
