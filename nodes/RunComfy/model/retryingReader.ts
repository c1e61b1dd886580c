import { systemClock } from '../shared/clock';
import { ExecutionStopped, throwAsIs, RunComfyFailure } from '../shared/failure';

/** How long a failed try is shared at least. Milliseconds. */
const SHARED_MS = 1_000;
/** And for this many times as long as it took, so that a run spends little time on an outage. */
const SHARED_TIMES = 10;

/** Reads. Tries after a failure are sent only once, because what failed before may keep failing. */
export type Read<T> = (maxRepeats: number | undefined) => Promise<T>;

/**
 * Remembers what was read for the duration of a run, and reads again after a failure: at once the first time, in case
 * the service was briefly unavailable, and with pauses from then on. Concurrent callers share the response. A caller
 * gets a failure only after two tries, because all items of a run ask at the same moment.
 *
 * @param isFailure for failures that are not thrown
 */
export function retryingReader<T>(read: Read<T>, isFailure: (value: T) => boolean = () => false): () => Promise<T> {
	let last: { response: Promise<T>; validUntil: number } | undefined;
	let failures = 0;
	const ask = async () => {
		const startedAt = systemClock.now();
		if (last && last.validUntil > startedAt) return await last.response;
		const reading = { response: read(failures > 0 ? 0 : undefined), validUntil: Infinity };
		last = reading;
		const failed = () => {
			failures += 1;
			const now = systemClock.now();
			reading.validUntil = failures === 1 ? now : now + Math.max(SHARED_MS, SHARED_TIMES * (now - startedAt));
		};
		reading.response.then((value) => {
			if (isFailure(value)) failed();
		}, failed);
		return await reading.response;
	};
	return async () => {
		const first = await ask().catch((error: unknown) => (isTransient(error) ? undefined : throwAsIs(error)));
		return first === undefined || isFailure(first) ? await ask() : first;
	};
}

/** Whether reading again may help; not when a token is rejected, for example. */
function isTransient(error: unknown): boolean {
	if (!(error instanceof RunComfyFailure)) return !(error instanceof ExecutionStopped);
	return error.details.retryable || error.details.code === 'unexpected_response';
}
