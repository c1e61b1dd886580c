import type { WaitingRequest } from './durableStore';

/**
 * n8n's Wait node stores executions that wait for 65 seconds or more; shorter waits stay in memory. The rest is for the nodes
 * between this one and the Wait node. Milliseconds.
 */
export const MIN_PAUSE_MS = 75_000;

/** The longest pause between two reads. Milliseconds. */
export const MAX_PAUSE_MS = 10 * 60_000;

/** Of a long wait, this share is a pause that is hardly noticed. It also bounds how often an execution is stored. */
const SHARE = 0.25;

/**
 * When the items of a round should come back through the loop.
 *
 * @param requests those that are still running
 * @param nowMs milliseconds since 1970
 * @returns milliseconds since 1970; at least 75 seconds ahead, so that n8n stores the execution meanwhile, else never after
 * the first deadline
 */
export function resumeTime(requests: Array<Pick<WaitingRequest, 'since' | 'deadline'>>, nowMs: number): number {
	const pauses = requests.map(({ since }) => Math.min(MAX_PAUSE_MS, (nowMs - since) * SHARE));
	const latest = Math.min(nowMs + Math.min(...pauses, MAX_PAUSE_MS), ...requests.map(({ deadline }) => deadline));
	return Math.max(nowMs + MIN_PAUSE_MS, latest);
}
