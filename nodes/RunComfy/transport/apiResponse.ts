import { isJsonObject } from '../shared/json';

/** What came back from one API call, whatever its status. */
export interface ApiResponse {
	httpStatus: number;
	/** Header names are in lower case. */
	headers: Record<string, string>;
	/** The parsed JSON, or undefined when the body is not JSON. */
	json: unknown;
	/** The body as text, with the API token blanked out. */
	text: string;
	/** How long the service asks to stay away, in milliseconds, where it does. */
	retryAfterMs?: number;
	/** Whether it is the answer to a repeated call: an earlier one may have taken effect. */
	isRepeated?: boolean;
}

/** Reads `error_code`: anything but null in it means that the call was refused, also with HTTP 200. */
export function errorCodeOf(json: unknown): number | undefined {
	if (!isJsonObject(json) || json.error_code === null || json.error_code === undefined) return undefined;
	const code = Number(json.error_code);
	return Number.isFinite(code) ? code : 0;
}

/** An `error_code` in a 200 starts with the HTTP status that it stands for (inferred). */
export function effectiveStatus({ httpStatus, json }: ApiResponse): number {
	const errorCode = errorCodeOf(json);
	const isSuccess = httpStatus >= 200 && httpStatus < 300;
	return isSuccess && errorCode !== undefined ? Math.floor(errorCode / 1000) : httpStatus;
}

/**
 * Why a call got no answer.
 * `unreachable`: it certainly never reached the service. `timeout` and `lost`: it may have.
 */
export type FaultKind = 'unreachable' | 'timeout' | 'lost';

/** A call that got no answer at all. */
export class NetworkError {
	constructor(
		readonly kind: FaultKind,
		/** Node's or axios' code, such as `ECONNREFUSED`. */
		readonly code: string,
		/** What of the answer had come, with the token blanked out. */
		readonly partialText?: string,
	) {}
}

/** Connection refused or no address found: the service cannot have seen the call. */
const NEVER_CONNECTED = /^(ECONNREFUSED|ENOTFOUND|EAI_\w+)$/;
/**
 * A certificate is judged before anything is sent. Other TLS faults (`EPROTO`, `ERR_SSL_...`) also come up while the
 * answer is read, when the request may long be accepted.
 */
const CERTIFICATE_REFUSED = /^(CERT_|ERR_TLS_CERT|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY))/;
const NOT_SENT_BY_N8N = /ERR_INVALID_URL|ERR_INVALID_CHAR|SSRF|ERR_BLOCKED/i;
const TIMED_OUT = /^(ECONNABORTED|ETIMEDOUT|ESOCKETTIMEDOUT)$/;

/** Sorts the code of a network fault by whether the call can have reached the service. */
export function faultFromCode(code: string, partialText?: string): NetworkError {
	if (neverConnected(code) || CERTIFICATE_REFUSED.test(code) || NOT_SENT_BY_N8N.test(code)) {
		return new NetworkError('unreachable', code, partialText);
	}
	return new NetworkError(TIMED_OUT.test(code) ? 'timeout' : 'lost', code, partialText);
}

/** Whether no connection was made at all, which a later try may well change. */
export function neverConnected(code: string): boolean {
	return NEVER_CONNECTED.test(code);
}
