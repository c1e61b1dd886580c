import { neverConnected, effectiveStatus, NetworkError, type ApiResponse } from './apiResponse';

/** Repeats after the first try, for reads and for submits that certainly weren't accepted. */
export const MAX_REPEATS = 3;

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;

/** The longest pause, whatever the service asks for: one odd response must not hold up a whole run. Milliseconds. */
export const MAX_PAUSE_MS = 30_000;

/** Whether repeating a read may help: the service was busy, broken or unreachable, or its response isn't JSON. */
export function isWorthRepeating(outcome: ApiResponse | NetworkError): boolean {
	if (outcome instanceof NetworkError) return true;
	const status = effectiveStatus(outcome);
	if (status === 408 || status === 429 || status >= 500) return true;
	return status >= 200 && status < 300 && outcome.json === undefined;
}

/** Whether a submit certainly wasn't accepted, so that sending it again can't pay twice. */
export function isSafeToSubmitAgain(outcome: ApiResponse | NetworkError): boolean {
	if (outcome instanceof NetworkError) return neverConnected(outcome.code);
	return outcome.httpStatus === 429;
}

/** Whether the service asks for fewer calls from the account. */
export function isBusy(outcome: ApiResponse | NetworkError): boolean {
	return !(outcome instanceof NetworkError) && [429, 503].includes(effectiveStatus(outcome));
}

/**
 * How long to pause before the next try: at least as long as the service asks, and longer each time.
 *
 * @param repeat 0 before the first repeat
 * @param random a number from 0 to 1, so that many clients don't retry at the same time
 * @returns milliseconds
 */
export function repeatDelayMs(repeat: number, outcome: ApiResponse | NetworkError, random: number): number {
	const asked = outcome instanceof NetworkError ? undefined : outcome.retryAfterMs;
	return Math.max(asked ?? 0, backoffMs(repeat, random));
}

/** The pause before repeat `repeat` if the service asked for none: it doubles, up to ten seconds. Milliseconds. */
export function backoffMs(repeat: number, random: number): number {
	return Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(repeat, 10) * (0.75 + random / 2));
}

/** Reads a Retry-After header, in seconds or as an HTTP date. @param nowMs milliseconds since 1970 */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
	if (header === undefined || header.trim() === '') return undefined;
	const seconds = Number(header);
	if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
