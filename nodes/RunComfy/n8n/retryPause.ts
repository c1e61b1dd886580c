/** For each execution: what Stop must do for nodes that are waiting for another try. */
const listeners = new WeakMap<AbortSignal, Map<string, () => void>>();

/**
 * Between two tries of Retry On Fail, none of the node's code runs. Stop must still cancel its requests then.
 *
 * @param stop n8n's signal of the execution
 */
export function listenInRetryPause(stop: AbortSignal, nodeName: string, onStop: () => void): void {
	endRetryPause(stop, nodeName);
	const ofExecution = listeners.get(stop) ?? new Map<string, () => void>();
	listeners.set(stop, ofExecution.set(nodeName, onStop));
	stop.addEventListener('abort', onStop, { once: true });
}

/** The next try has started and handles Stop itself. */
export function endRetryPause(stop: AbortSignal, nodeName: string): void {
	const onStop = listeners.get(stop)?.get(nodeName);
	if (onStop === undefined) return;
	stop.removeEventListener('abort', onStop);
	listeners.get(stop)?.delete(nodeName);
}
