/** For each execution, what Stop would have to do for its nodes that wait for another try. */
const listeners = new WeakMap<AbortSignal, Map<string, () => void>>();

/**
 * Retry On Fail pauses between two tries of a node, when none of its code runs: whoever stops the execution then still
 * wants its requests cancelled.
 *
 * @param stop n8n's signal of the execution
 */
export function listenInRetryPause(stop: AbortSignal, nodeName: string, onStop: () => void): void {
	endRetryPause(stop, nodeName);
	const ofExecution = listeners.get(stop) ?? new Map<string, () => void>();
	listeners.set(stop, ofExecution.set(nodeName, onStop));
	stop.addEventListener('abort', onStop, { once: true });
}

/** The next try has begun, and looks after its requests itself. */
export function endRetryPause(stop: AbortSignal, nodeName: string): void {
	const onStop = listeners.get(stop)?.get(nodeName);
	if (onStop === undefined) return;
	stop.removeEventListener('abort', onStop);
	listeners.get(stop)?.delete(nodeName);
}
