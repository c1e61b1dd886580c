import { neverConnected, TransportFault, type ApiAnswer } from './apiAnswer';

/** Repeats after the first try, for reads and for submits that certainly were not accepted. */
export const MAX_REPEATS = 3;

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;

/** Whether repeating a read may help: the service was busy, broken or not reached, or the body was cut. */
export function isWorthRepeating(outcome: ApiAnswer | TransportFault): boolean {
	if (outcome instanceof TransportFault) return true;
	const { httpStatus } = outcome;
	if (httpStatus === 408 || httpStatus === 429 || httpStatus >= 500) return true;
	return httpStatus >= 200 && httpStatus < 300 && looksCut(outcome);
}

/** Whether a submit certainly was not accepted, so that sending it again cannot pay twice. */
export function isSafeToSubmitAgain(outcome: ApiAnswer | TransportFault): boolean {
	if (outcome instanceof TransportFault) return neverConnected(outcome.code);
	return outcome.httpStatus === 429;
}

/**
 * How long to pause before the next try.
 *
 * @param repeat 0 before the first repeat
 * @param random a number from 0 to 1, so that many workers do not come back together
 * @param nowMs the current time, for a Retry-After that is a date
 * @returns milliseconds
 */
export function repeatDelayMs(
	repeat: number,
	outcome: ApiAnswer | TransportFault,
	random: number,
	nowMs: number,
): number {
	const asked = outcome instanceof TransportFault ? undefined : retryAfterMs(outcome.headers['retry-after'], nowMs);
	const own = FIRST_DELAY_MS * 2 ** repeat * (0.75 + random / 2);
	return Math.min(LONGEST_DELAY_MS, Math.max(asked ?? 0, own));
}

/** Reads a Retry-After header, in seconds or as an HTTP date. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | undefined {
	if (header === undefined || header.trim() === '') return undefined;
	const seconds = Number(header);
	if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
	const date = Date.parse(header);
	return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}

/** JSON that starts well and does not parse was cut on the way; a web page is an answer of its own. */
function looksCut(answer: ApiAnswer): boolean {
	return answer.json === undefined && /^\s*(\{|\[|$)/.test(answer.text);
}
