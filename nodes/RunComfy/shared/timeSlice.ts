import type { Clock } from './clock';

/** How long work may keep this thread busy: n8n has one for all executions and the editor. Milliseconds. */
const SLICE_MS = 10;

/** For long work that yields to other work: check `isOver` at each step, and await `next` when it is. */
export class TimeSlice {
	private until: number;

	constructor(private readonly clock: Clock) {
		this.until = clock.now() + SLICE_MS;
	}

	isUsedUp(): boolean {
		return this.clock.now() > this.until;
	}

	async renew(): Promise<void> {
		await this.clock.sleep(0);
		this.until = this.clock.now() + SLICE_MS;
	}
}

/** Runs a generator to its end, step by step, and yields to other work in between. @returns what it returns */
export async function runInSlices<T>(clock: Clock, steps: Generator<unknown, T>): Promise<T> {
	const turns = new TimeSlice(clock);
	for (;;) {
		const { value, done } = steps.next();
		if (done) return value;
		if (turns.isUsedUp()) await turns.renew();
	}
}
