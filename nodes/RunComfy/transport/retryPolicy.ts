import { neverConnected, effectiveStatus, NetworkError, type ApiResponse } from './apiResponse';

/** Repeats after the first try, for reads and for submits that certainly were not accepted. */
export const MAX_REPEATS = 3;

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 10_000;

/** However long a service asks to stay away: one odd answer must not hold up a whole run. Milliseconds. */
export const MAX_PAUSE_MS = 30_000;

/** Whether repeating a read may help: the service was busy, broken or not reached, or its answer is no JSON. */
export function isWorthRepeating(outcome: ApiResponse | NetworkError): boolean {
	if (outcome instanceof NetworkError) return true;
	const status = effectiveStatus(outcome);
	if (status === 408 || status === 429 || status >= 500) return true;
	return status >= 200 && status < 300 && outcome.json === undefined;
}

/** Whether a submit certainly was not accepted, so that sending it again cannot pay twice. */
export function isSafeToSubmitAgain(outcome: ApiResponse | NetworkError): boolean {
	if (outcome instanceof NetworkError) return neverConnected(outcome.code);
	return outcome.httpStatus === 429;
}

/** Whether the service asks all calls of the account to come later. */
export function isBusy(outcome: ApiResponse | NetworkError): boolean {
	return !(outcome instanceof NetworkError) && [429, 503].includes(effectiveStatus(outcome));
}

/**
 * How long to pause before the next try: as long as the service asks for, and at least longer each time.
 *
 * @param repeat 0 before the first repeat
 * @param random a number from 0 to 1, so that many workers do not come back together
 * @returns milliseconds
 */
export function repeatDelayMs(repeat: number, outcome: ApiResponse | NetworkError, random: number): number {
	const asked = outcome instanceof NetworkError ? undefined : outcome.retryAfterMs;
	return Math.max(asked ?? 0, backoffMs(repeat, random));
}

/** The pause before try `repeat`, where nobody asked for one: it doubles up to ten seconds. Milliseconds. */
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
