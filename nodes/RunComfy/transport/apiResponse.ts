import { isJsonObject } from '../shared/json';

/** The response to one API call, whatever its status. */
export interface ApiResponse {
	httpStatus: number;
	/** Header names are in lower case. */
	headers: Record<string, string>;
	/** The parsed JSON, or undefined when the body is not JSON. */
	json: unknown;
	/** The body as text, with the API token blanked out. */
	text: string;
	/** How long the service asks to wait, in milliseconds, if it does. */
	retryAfterMs?: number;
	/** Whether it is the response to a repeated call: an earlier one may have taken effect. */
	isRepeated?: boolean;
}

/** Reads `error_code`: anything but null means that the call was refused, even with HTTP 200. */
export function errorCodeOf(json: unknown): number | undefined {
	if (!isJsonObject(json) || json.error_code === null || json.error_code === undefined) return undefined;
	const code = Number(json.error_code);
	return Number.isFinite(code) ? code : 0;
}

/** The HTTP status that counts: an `error_code` in a 200 starts with the status that it stands for (inferred). */
export function effectiveStatus({ httpStatus, json }: ApiResponse): number {
	const errorCode = errorCodeOf(json);
	const isSuccess = httpStatus >= 200 && httpStatus < 300;
	return isSuccess && errorCode !== undefined ? Math.floor(errorCode / 1000) : httpStatus;
}

/**
 * Why a call got no response.
 * `unreachable`: it certainly never reached the service. `timeout` and `lost`: it may have.
 */
export type FaultKind = 'unreachable' | 'timeout' | 'lost';

/** A call that got no response at all. */
export class NetworkError {
	constructor(
		readonly kind: FaultKind,
		/** Node's or axios' code, such as `ECONNREFUSED`. */
		readonly code: string,
		/** The part of the response that had arrived, with the token blanked out. */
		readonly partialText?: string,
	) {}
}

/** Connection refused or host not found: the call can't have reached the service. */
const NEVER_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_\w+)$/;
/**
 * A certificate is checked before anything is sent. Other TLS errors (`EPROTO`, `ERR_SSL_...`) also occur while the
 * response is read, when the request may already be accepted.
 */
const CERTIFICATE_REFUSED = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY))/;
const NOT_SENT_BY_N8N = /ERR_INVALID_URL|ERR_INVALID_CHAR|SSRF|ERR_BLOCKED/i;
const TIMED_OUT = /^(ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT)$/;

/** Classifies the code of a network error by whether the call can have reached the service. */
export function faultFromCode(code: string, partialText?: string): NetworkError {
	if (neverConnected(code) || CERTIFICATE_REFUSED.test(code) || NOT_SENT_BY_N8N.test(code)) {
		return new NetworkError('unreachable', code, partialText);
	}
	return new NetworkError(TIMED_OUT.test(code) ? 'timeout' : 'lost', code, partialText);
}

/** Whether no connection was made at all; a later try may succeed. */
export function neverConnected(code: string): boolean {
	return NEVER_CONNECTED.test(code);
}
