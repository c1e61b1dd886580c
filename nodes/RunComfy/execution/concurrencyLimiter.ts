/** Limits how many pieces of work run at once. The others wait, first come, first served. */
export class ConcurrencyLimiter {
	private running = 0;

	private readonly waiting: Array<() => void> = [];

	constructor(private readonly max: number) {}

	/** @throws what the work throws */
	async run<T>(work: () => Promise<T>): Promise<T> {
		if (this.running >= this.max) await new Promise<void>((resolve) => this.waiting.push(resolve));
		this.running += 1;
		try {
			return await work();
		} finally {
			this.running -= 1;
			this.waiting.shift()?.();
		}
	}
}
