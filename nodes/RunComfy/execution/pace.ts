import type { Clock } from '../shared/clock';

/** Lets calls pass one after another, with at least some milliseconds between two of them. */
export class Pace {
	private nextAt = 0;

	constructor(
		private readonly clock: Clock,
		private readonly spacingMs: number,
	) {}

	/** Waits for one's turn. @throws ExecutionStopped */
	async turn(signal?: AbortSignal): Promise<void> {
		const now = this.clock.now();
		const at = Math.max(now, this.nextAt);
		this.nextAt = at + this.spacingMs;
		if (at > now) await this.clock.sleep(at - now, signal);
	}
}
