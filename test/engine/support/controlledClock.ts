import zlib from 'node:zlib';

import { withheldAnswers } from '../../simulator/withheld';

/** So many turns of the event loop without work mean that nothing moves any more unless time passes. */
const QUIET_TURNS = 8;
/** Sockets that stay open between calls are not told from those in use; from so many turns on they count as idle. */
const MAX_BUSY_TURNS = 3_000;
/** Where no timer tells how far to go. Milliseconds. */
const STEP_MS = 50;
/** A test that hangs fails with a sentence. Milliseconds of real time. */
const HANG_MS = 110_000;

/** Work of Node's that goes on outside of the event loop: files, names, connections, random numbers. */
const AT_WORK = /Req|ConnectWrap|WriteWrap|ShutdownWrap/;

/** jest's own clocks are fakes while they are controlled. */
const realNow = performance.now.bind(performance);

/** Pieces that are being unpacked: Node does that in another thread, and lists it nowhere. */
let unpacking = 0;

type Transform = (chunk: unknown, encoding: string, done: (...results: unknown[]) => void) => void;
const zlibStream = Object.getPrototypeOf(Object.getPrototypeOf(zlib.Gunzip.prototype)) as { _transform: Transform };
const unpack = zlibStream._transform;
zlibStream._transform = function (this: unknown, chunk, encoding, done) {
	unpacking += 1;
	unpack.call(this, chunk, encoding, (...results) => {
		unpacking -= 1;
		done(...results);
	});
};

/** A clock in the hands of a test. All times in milliseconds. */
export interface ControlledClock {
	/** Passed since the clock was taken over. */
	elapsed(): number;
	/** Sets the date of the system, as a correction of its clock does; waits are not touched. */
	shiftDate(byMs: number): void;
	/** Lets all happen that can happen without time passing. */
	settle(): Promise<void>;
	/** Lets time pass, and all happen that it brings about. */
	pass(ms: number): Promise<void>;
	/** Lets time pass until something is so. @throws Error when nothing is left that could bring it about */
	until(what: string, condition: () => boolean): Promise<void>;
}

const FAKED = { doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'hrtime'] as never[] };

let isControlled = false;
let isDriven = false;

/**
 * Takes over timers, `Date` and `performance` while `work` runs. Time passes only when nothing else can happen any more: no
 * call is under way but those that the simulator withholds, nothing is read or written, and the event loop turns without
 * work. So it does not matter how fast the machine is.
 */
export async function withControlledClock<T>(work: () => Promise<T>): Promise<{ value: T; elapsedMs: number }> {
	if (isControlled) return { value: await driven(work()), elapsedMs: 0 };
	takeOver();
	const startedAt = performance.now();
	try {
		return { value: await driven(work()), elapsedMs: performance.now() - startedAt };
	} finally {
		giveBack();
	}
}

/** Controls the clock in each test of a file or of a `describe`. What `bench.run` and `driven` wait for lets time pass. */
export function useControlledClock(): ControlledClock {
	let startedAt = 0;
	beforeEach(() => {
		takeOver();
		startedAt = performance.now();
	});
	afterEach(() => giveBack());
	return controlledClock(() => startedAt);
}

/** Lets time pass until a promise is settled, where the clock is controlled and nobody else lets it pass. */
export async function driven<T>(pending: PromiseLike<T>): Promise<T> {
	if (!isControlled || isDriven) return await pending;
	let isSettled = false;
	const settled = () => {
		isSettled = true;
	};
	pending.then(settled, settled);
	isDriven = true;
	try {
		await passUntil('the work is done', () => isSettled);
	} finally {
		isDriven = false;
	}
	return await pending;
}

function takeOver(): void {
	jest.useFakeTimers(FAKED);
	isControlled = true;
}

function giveBack(): void {
	isControlled = false;
	jest.useRealTimers();
}

function controlledClock(startedAt: () => number): ControlledClock {
	return {
		elapsed: () => performance.now() - startedAt(),
		shiftDate: (byMs) => {
			jest.setSystemTime(Date.now() + byMs);
		},
		settle: async () => await settle(() => false),
		pass: async (ms) => {
			const end = performance.now() + ms;
			await passUntil(`${ms} ms have passed`, () => performance.now() >= end, end);
		},
		until: passUntil,
	};
}

async function passUntil(what: string, condition: () => boolean, end = Infinity): Promise<void> {
	const giveUpAt = realNow() + HANG_MS;
	while (!condition()) {
		await settle(condition);
		if (condition()) return;
		if (realNow() > giveUpAt) throw new Error(`Waited in vain until ${what}`);
		step(end);
	}
}

/** Jumps to the next timer, or to the end where that comes first. */
function step(end: number): void {
	const before = performance.now();
	if (end === Infinity) {
		if (jest.getTimerCount() > 0) jest.advanceTimersToNextTimer();
		// The simulator's requests run by the date alone.
		else jest.advanceTimersByTime(STEP_MS);
		return;
	}
	// jest does not tell when its next timer is due; small steps are as good, because nothing happens between timers.
	jest.advanceTimersByTime(Math.max(1, Math.min(STEP_MS, end - before)));
}

/** Turns the event loop until nothing is at work in it. */
async function settle(isDone: () => boolean): Promise<void> {
	let quiet = 0;
	for (let turns = 0; quiet < QUIET_TURNS && turns < MAX_BUSY_TURNS && !isDone(); turns++) {
		await new Promise((resolve) => setImmediate(resolve));
		quiet = isAtWork() ? 0 : quiet + 1;
	}
}

function isAtWork(): boolean {
	if (unpacking > 0) return true;
	const resources = process.getActiveResourcesInfo();
	// Both ends of a connection are in this process.
	const openSockets = resources.filter((name) => name === 'TCPSocketWrap').length;
	return openSockets > withheldAnswers.count * 2 || resources.some((name) => AT_WORK.test(name));
}
