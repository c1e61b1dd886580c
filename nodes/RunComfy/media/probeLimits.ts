import { ExecutionStopped } from '../shared/failure';
import type { MediaProbe } from './mediaProbe';

/** Shared by all items of a run, so that many files are probed in parallel and no server is overloaded. */
const AT_ONCE = 8;
const AT_ONCE_PER_HOST = 2;
/** A host that failed this often in a row is not called again. */
const MAX_FAULTS = 2;
/** The time limit of a probe, and the shorter one after this many timeouts in the run. Milliseconds. */
const LIMIT_MS = 10_000;
const SHORT_LIMIT_MS = 2_000;
const MAX_TIMEOUTS = 8;

/** What is known about a host during a run. */
interface Host {
	running: number;
	faultsInARow: number;
}

interface Waiting {
	host: Host;
	/** Starts the probe, or skips it when its host is not called any more. */
	start: (isAsked: boolean) => void;
	stop: () => void;
}

/** Limits the probes of a run, first come, first served, as far as their hosts have capacity. */
export class ProbeLimits {
	private running = 0;

	private timeouts = 0;

	private readonly hosts = new Map<string, Host>();

	private waiting: Waiting[] = [];

	/** @param signal ends the probes that wait */
	constructor(private readonly signal?: AbortSignal) {
		// One listener for all of them, because Node warns when there are more than ten.
		signal?.addEventListener('abort', () => this.stop(), { once: true });
	}

	/**
	 * Probes when there is capacity.
	 *
	 * @param probe gets its time limit in milliseconds
	 * @throws ExecutionStopped when the signal fires while it waits; and what the probe throws
	 */
	async run(hostName: string, probe: (limitMs: number) => Promise<MediaProbe>): Promise<MediaProbe> {
		const host = this.hosts.get(hostName) ?? { running: 0, faultsInARow: 0 };
		this.hosts.set(hostName, host);
		const isAsked = await this.waitForCapacity(host);
		if (!isAsked) return { kind: 'unavailable', reason: 'its server failed for other files in this run' };
		try {
			const probed = await probe(this.timeouts >= MAX_TIMEOUTS ? SHORT_LIMIT_MS : LIMIT_MS);
			const fault = probed.kind === 'unavailable' ? probed.fault : undefined;
			host.faultsInARow = fault === undefined ? 0 : host.faultsInARow + 1;
			if (fault === 'timeout') this.timeouts += 1;
			return probed;
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
			// After a fault, a single probe shows whether the host is down.
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
