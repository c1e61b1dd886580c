/**
 * How many requests may run at once in a round. A place that becomes free is given to the next item that waits for one, as
 * long as requests are watched that could free another.
 */
export class Capacity {
	private readonly waiting: Array<(isGranted: boolean) => void> = [];

	/** Of the places that were free at the beginning, those that nobody has got. */
	private free: number;

	/** Of the places taken, those whose requests are being watched. */
	private watched: number;

	/**
	 * @param max how many requests may run at once
	 * @param taken by requests of earlier rounds, all of which are watched now
	 * @param isOpen whether places that become free may still be used
	 */
	constructor(
		private readonly max: number,
		private taken: number,
		private readonly isOpen: () => boolean,
	) {
		this.watched = taken;
		this.free = max - taken;
	}

	/** Takes a place, or waits for one. @returns whether it got one */
	async acquire(): Promise<boolean> {
		// What was free at the beginning is given out in any case, and what becomes free later only while there is time.
		if (this.taken < this.max && (this.free > 0 || this.isOpen())) {
			this.take();
			return true;
		}
		if (this.watched === 0 || !this.isOpen()) return false;
		return await new Promise<boolean>((resolve) => this.waiting.push(resolve));
	}

	/** The request of a place is over: its place is free. */
	release(): void {
		this.taken -= 1;
		this.watched -= 1;
		while (this.isOpen() && this.taken < this.max && this.waiting.length > 0) {
			this.take();
			this.waiting.shift()?.(true);
		}
		this.giveUpInVain();
	}

	/** The request of a place keeps running, and is no longer watched. */
	keep(): void {
		this.watched -= 1;
		this.giveUpInVain();
	}

	private take(): void {
		this.taken += 1;
		this.watched += 1;
		this.free -= 1;
	}

	/** Nothing is left that could free a place. */
	private giveUpInVain(): void {
		if (this.watched > 0 && this.isOpen()) return;
		for (const resolve of this.waiting.splice(0)) resolve(false);
	}
}
