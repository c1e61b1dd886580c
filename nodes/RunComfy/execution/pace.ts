import type { Clock } from '../shared/clock';
import type { CallPace } from '../transport/apiTransport';

/** Lets calls pass one after another, with at least some milliseconds between two of them. */
export class Pace implements CallPace {
	private nextAt = 0;

	constructor(
		private readonly clock: Clock,
		private readonly spacingMs: number,
	) {}

	async turn(signal?: AbortSignal, deadline = Infinity): Promise<void> {
		const now = this.clock.now();
		const at = Math.max(now, this.nextAt);
		this.nextAt = at + this.spacingMs;
		const pauseMs = Math.min(at, deadline) - now;
		if (pauseMs > 0) await this.clock.sleep(pauseMs, signal);
	}

	hold(untilMs: number): void {
		this.nextAt = Math.max(this.nextAt, untilMs);
	}
}
