import { systemClock } from './clock';
import { ExecutionStopped } from './failure';

interface Entry {
	response: Promise<unknown>;
	expiresAt: number;
}

/**
 * Remembers responses of services in this process. Keys must hold the account, so that no account sees the responses of another.
 * Failures are not remembered.
 */
export class TimedCache {
	private readonly entries = new Map<string, Entry>();

	/** @param lifetimeMs milliseconds */
	constructor(
		private readonly lifetimeMs: number,
		private readonly maxEntries: number,
	) {}

	/**
	 * The response of that key, which is read if none is known. Calls at the same time share one reading.
	 *
	 * @param signal ends the waiting of this call alone
	 * @throws ExecutionStopped, and what `read` throws
	 */
	async get<T>(key: string, read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		const now = systemClock.now();
		const known = this.entries.get(key);
		if (known && known.expiresAt > now) return await unlessStopped(known.response as Promise<T>, signal);
		// Whole catalogs and large schemas are not kept longer than needed.
		for (const [old, { expiresAt }] of this.entries) if (expiresAt <= now) this.entries.delete(old);
		const response = read();
		this.entries.set(key, { response, expiresAt: now + this.lifetimeMs });
		if (this.entries.size > this.maxEntries) this.entries.delete(this.entries.keys().next().value ?? '');
		response.catch(() => {
			if (this.entries.get(key)?.response === response) this.entries.delete(key);
		});
		return await unlessStopped(response, signal);
	}

	/** Forgets a response that is known to be out of date. */
	forget(key: string): void {
		this.entries.delete(key);
	}
}

/** Several executions may wait for one response: when one of them is stopped, the others keep waiting. */
async function unlessStopped<T>(response: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return await response;
	if (signal.aborted) throw new ExecutionStopped();
	let stop = () => {};
	const stopped = new Promise<never>((_resolve, reject) => {
		stop = () => reject(new ExecutionStopped());
	});
	signal.addEventListener('abort', stop, { once: true });
	try {
		return await Promise.race([response, stopped]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
