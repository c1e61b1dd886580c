import { systemClock } from './clock';
import { ExecutionStopped } from './failure';

interface Entry {
	answer: Promise<unknown>;
	expiresAt: number;
}

/**
 * Remembers answers of services in this process. Keys must hold the account, so that no account sees the answers of another.
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
	 * The answer of that key, read where none is known. Calls at the same time share one reading.
	 *
	 * @param signal ends the waiting of this call alone
	 * @throws ExecutionStopped, and what `read` throws
	 */
	async get<T>(key: string, read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
		const now = systemClock.now();
		const known = this.entries.get(key);
		if (known && known.expiresAt > now) return await unlessStopped(known.answer as Promise<T>, signal);
		for (const [old, { expiresAt }] of this.entries) if (expiresAt <= now) this.entries.delete(old);
		const answer = read();
		this.entries.set(key, { answer, expiresAt: now + this.lifetimeMs });
		if (this.entries.size > this.maxEntries) this.entries.delete(this.entries.keys().next().value ?? '');
		answer.catch(() => {
			if (this.entries.get(key)?.answer === answer) this.entries.delete(key);
		});
		return await unlessStopped(answer, signal);
	}

	/** Forgets an answer that is known to be out of date. */
	forget(key: string): void {
		this.entries.delete(key);
	}
}

async function unlessStopped<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return await answer;
	if (signal.aborted) throw new ExecutionStopped();
	let stop = () => {};
	const stopped = new Promise<never>((_resolve, reject) => {
		stop = () => reject(new ExecutionStopped());
	});
	signal.addEventListener('abort', stop, { once: true });
	try {
		return await Promise.race([answer, stopped]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
