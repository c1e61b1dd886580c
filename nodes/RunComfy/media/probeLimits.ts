import { ExecutionStopped } from '../shared/failure';
import type { MediaProbe } from './mediaProbe';

/** All items of a run share these, so that many files take no longer than the slowest few, and no server is overrun. */
const AT_ONCE = 8;
const AT_ONCE_PER_HOST = 2;
/** A host that failed so often in a row is not asked again. */
const MAX_FAULTS = 2;
/** How long a look may take; and how long when so many looks of the run took too long already. Milliseconds. */
const LIMIT_MS = 10_000;
const SHORT_LIMIT_MS = 2_000;
const MAX_TIMEOUTS = 8;

/** What is known of a host during a run. */
interface Host {
	running: number;
	faultsInARow: number;
}

interface Waiting {
	host: Host;
	/** Its turn has come; or it never will, because its host is not asked any more. */
	start: (isAsked: boolean) => void;
	stop: () => void;
}

/** Lets the looks of a run have their turn, in the order of their coming as far as their hosts have room. */
export class ProbeLimits {
	private running = 0;

	private timeouts = 0;

	private readonly hosts = new Map<string, Host>();

	private waiting: Waiting[] = [];

	/** @param signal ends the looks that wait */
	constructor(private readonly signal?: AbortSignal) {
		// One listener for all of them: Node warns of more than ten.
		signal?.addEventListener('abort', () => this.stop(), { once: true });
	}

	/**
	 * Looks when it is its turn.
	 *
	 * @param probe gets the milliseconds that it may take
	 * @throws ExecutionStopped when the signal fires while it waits; and what the look throws
	 */
	async run(hostName: string, probe: (limitMs: number) => Promise<MediaProbe>): Promise<MediaProbe> {
		const host = this.hosts.get(hostName) ?? { running: 0, faultsInARow: 0 };
		this.hosts.set(hostName, host);
		const isAsked = await this.waitForCapacity(host);
		if (!isAsked) return { kind: 'unavailable', reason: 'its server failed for other files in this run' };
		try {
			const seen = await probe(this.timeouts >= MAX_TIMEOUTS ? SHORT_LIMIT_MS : LIMIT_MS);
			const fault = seen.kind === 'unavailable' ? seen.fault : undefined;
			host.faultsInARow = fault === undefined ? 0 : host.faultsInARow + 1;
			if (fault === 'timeout') this.timeouts += 1;
			return seen;
		} finally {
			this.running -= 1;
			host.running -= 1;
			this.startWaiting();
		}
	}

	private async waitForCapacity(host: Host): Promise<boolean> {
		if (this.signal?.aborted) throw new ExecutionStopped();
		return await new Promise<boolean>((start, reject) => {
			this.waiting.push({ host, start, stop: () => reject(new ExecutionStopped()) });
			this.startWaiting();
		});
	}

	private startWaiting(): void {
		this.waiting = this.waiting.filter(({ host, start }) => {
			const isGivenUp = host.faultsInARow >= MAX_FAULTS;
			// After a fault the next look shows whether it was one of many: none begins beside it.
			const maxOfHost = host.faultsInARow > 0 ? 1 : AT_ONCE_PER_HOST;
			const hasCapacity = this.running < AT_ONCE && host.running < maxOfHost;
			if (!isGivenUp && !hasCapacity) return true;
			if (!isGivenUp) {
				this.running += 1;
				host.running += 1;
			}
			start(!isGivenUp);
			return false;
		});
	}

	private stop(): void {
		for (const { stop } of this.waiting.splice(0)) stop();
	}
}
