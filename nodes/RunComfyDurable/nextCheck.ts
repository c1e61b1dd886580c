import type { WaitingRequest } from './waitState';

/** n8n looks for executions to resume once a minute, so a shorter pause gains little. Milliseconds. */
const MIN_MS = 20_000;
const MAX_MS = 10 * 60_000;

/** Of a long wait, this share is a pause that is hardly noticed. It also bounds how often an execution is stored. */
const SHARE = 0.25;

/**
 * When to look again at requests that n8n's store waits for.
 *
 * @param requests those that are under way
 * @param nowMs milliseconds since 1970
 * @returns milliseconds since 1970, never after the first deadline
 */
export function nextCheckAt(requests: Array<Pick<WaitingRequest, 'since' | 'deadline'>>, nowMs: number): number {
	const pauses = requests.map(({ since }) => Math.min(MAX_MS, Math.max(MIN_MS, (nowMs - since) * SHARE)));
	const deadlines = requests.map(({ deadline }) => deadline);
	return Math.max(nowMs + 1_000, Math.min(nowMs + Math.min(...pauses, MAX_MS), ...deadlines));
}
