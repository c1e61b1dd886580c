import { ExecutionStopped } from '../shared/failure';

/** Smaller work is neither counted nor delayed. Bytes. */
const SMALL_BYTES = 1024 * 1024;

interface Waiting {
	bytes: number;
	start: () => void;
}

/** Limits the memory that all pieces of work hold together. The others wait, first come, first served. */
export class ByteLimiter {
	private held = 0;

	private readonly queue: Waiting[] = [];

	/** @param maxBytes work that needs more is admitted when nothing else runs */
	constructor(private readonly maxBytes: number) {}

	/**
	 * @returns a function that releases the bytes
	 * @throws ExecutionStopped when the signal fires before its turn
	 */
	async acquire(bytes: number, signal?: AbortSignal): Promise<() => void> {
		if (bytes <= SMALL_BYTES) return () => {};
		await new Promise<void>((resolve, reject) => {
			if (signal?.aborted) return reject(new ExecutionStopped());
			const leave = () => {
				const place = this.queue.indexOf(entry);
				if (place !== -1) this.queue.splice(place, 1);
				reject(new ExecutionStopped());
				this.startNext();
			};
			const entry: Waiting = {
				bytes,
				start: () => {
					signal?.removeEventListener('abort', leave);
					resolve();
				},
			};
			signal?.addEventListener('abort', leave, { once: true });
			this.queue.push(entry);
			this.startNext();
		});
		let isFreed = false;
		return () => {
			if (isFreed) return;
			isFreed = true;
			this.held -= bytes;
			this.startNext();
		};
	}

	private startNext(): void {
		for (
			let next = this.queue[0];
			next && (this.held === 0 || this.held + next.bytes <= this.maxBytes);
			next = this.queue[0]
		) {
			this.queue.shift();
			this.held += next.bytes;
			next.start();
		}
	}
}
