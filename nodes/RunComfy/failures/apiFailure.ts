import { isJsonObject } from '../shared/json';
import { errorCodeOf, effectiveStatus, NetworkError, type ApiResponse } from '../transport/apiResponse';
import { RunComfyFailure, type Charged, type FailureCode } from '../shared/failure';
import { targetKeys } from '../shared/job';
import { apiFailureText, type ApiSubject } from './apiFailureTexts';
import { isHtml } from '../shared/textContent';
import { serverText } from './serverText';

/**
 * RunComfy's own codes, which win over the HTTP status. Documented for both API families; 1000x come from deployments.
 */
const CODE_OF_ERROR_CODE: Record<number, FailureCode> = {
	10001: 'insufficient_balance',
	10002: 'deployment_disabled',
	10003: 'not_found',
	400001: 'not_found',
	400002: 'insufficient_balance',
	400004: 'unauthorized',
	401001: 'unauthorized',
	403001: 'forbidden',
	403003: 'forbidden',
	404001: 'not_found',
	422001: 'invalid_input',
};

/** The platform API's code for a fault of its own, whatever the HTTP status (documented). */
const INTERNAL_ERROR = 500001;

/** A proxy on the way wants a login. */
const PROXY_LOGIN = 407;

/** Result not ready (seen in RunComfy's Zapier app only). */
export const NOT_READY = 400005;

/**
 * Takes the JSON object out of a response.
 *
 * @throws RunComfyFailure for every other outcome: network error, HTTP status, `error_code`, not JSON
 */
export function expectObject(outcome: ApiResponse | NetworkError, subject: ApiSubject): Record<string, unknown> {
	if (outcome instanceof NetworkError) throw fromFault(outcome, subject);
	const isSuccess = outcome.httpStatus >= 200 && outcome.httpStatus < 300;
	const errorCode = errorCodeOf(outcome.json);
	if (isSuccess && errorCode === undefined && isJsonObject(outcome.json)) return outcome.json;
	throw fromResponse(outcome, errorCode, subject);
}

/** A response that is JSON but lacks a required field. */
export function unexpectedShape(subject: ApiSubject, missing: string): RunComfyFailure {
	const code = subject.purpose === 'submit' ? 'submit_outcome_unknown' : 'unexpected_response';
	return build(code, subject, { detail: `The response has no usable "${missing}".` });
}

/** A deployment that is known to be disabled: RunComfy would refuse the submit, so it isn't sent. */
export function deploymentDisabled(deploymentId: string): RunComfyFailure {
	return build(
		'deployment_disabled',
		{ purpose: 'submit', target: { family: 'deployment', targetId: deploymentId } },
		{},
	);
}

function fromFault(fault: NetworkError, subject: ApiSubject): RunComfyFailure {
	const neverSent = fault.kind === 'unreachable';
	if (subject.purpose === 'submit' && !neverSent) {
		const detail =
			fault.kind === 'timeout'
				? "RunComfy didn't respond in time."
				: 'The connection was lost before RunComfy responded.';
		return build('submit_outcome_unknown', subject, { detail });
	}
	return build('service_unavailable', subject, { networkCode: fault.code, neverSent });
}

function fromResponse(response: ApiResponse, errorCode: number | undefined, subject: ApiSubject): RunComfyFailure {
	const known = errorCode === undefined ? undefined : CODE_OF_ERROR_CODE[errorCode];
	const httpStatus = response.httpStatus;
	const status = errorCode === INTERNAL_ERROR ? 500 : effectiveStatus(response);
	const code = known ?? codeOfStatus(status, subject);
	// A proxy answers instead of RunComfy: the call never got there.
	const isProxy = known === undefined && httpStatus === PROXY_LOGIN;
	const serverMessage = isProxy ? undefined : serverText(response.json ?? response.text);
	return build(code, subject, {
		httpStatus,
		serverMessage,
		detail: describeResponse(response),
		neverSent: isProxy,
		isProxy,
		retryAfterMs: response.retryAfterMs,
	});
}

function codeOfStatus(status: number, subject: ApiSubject): FailureCode {
	if (status === 401) return 'unauthorized';
	if (status === 402) return 'insufficient_balance';
	if (status === 403) return 'forbidden';
	if (status === 404 || status === 410) return 'not_found';
	if (status === PROXY_LOGIN) return 'service_unavailable';
	if (status === 429) return 'rate_limited';
	if (status === 400 || status === 422) return 'invalid_input';
	const isSubmit = subject.purpose === 'submit';
	if (status === 408 || status >= 500) return isSubmit ? 'submit_outcome_unknown' : 'service_unavailable';
	// Any other refusal of a submit: it was read and not accepted.
	if (status >= 400 && isSubmit) return 'invalid_input';
	return isSubmit ? 'submit_outcome_unknown' : 'unexpected_response';
}

function describeResponse(response: ApiResponse): string {
	if (response.httpStatus >= 300 && response.httpStatus < 400) {
		return 'RunComfy redirected the call to another URL. The node never follows redirects with the API token.';
	}
	if (response.text.trim() === '') return `The response was empty (HTTP ${response.httpStatus}).`;
	if (isHtml(response.text)) return `The response was a web page (HTTP ${response.httpStatus}).`;
	if (response.json === undefined) return `The response wasn't JSON (HTTP ${response.httpStatus}).`;
	return `The response had HTTP status ${response.httpStatus}.`;
}

interface FailureContext {
	httpStatus?: number;
	/** The service's own words. */
	serverMessage?: string;
	detail?: string;
	networkCode?: string;
	neverSent?: boolean;
	isProxy?: boolean;
	retryAfterMs?: number;
}

function build(code: FailureCode, subject: ApiSubject, context: FailureContext): RunComfyFailure {
	const charged = chargedFor(code, subject, context.neverSent === true);
	return new RunComfyFailure(
		{
			...apiFailureText(code, subject, { ...context, charged }),
			code,
			request_id: subject.requestId,
			...(subject.target ? targetKeys(subject.target) : {}),
			http_status: context.httpStatus,
			retryable: code === 'rate_limited' || code === 'service_unavailable',
			charged,
		},
		context.retryAfterMs,
	);
}

/** Reading the catalog or the balance is free; a failed read of a request says nothing about its charge. */
function chargedFor(code: FailureCode, subject: ApiSubject, neverSent: boolean): Charged {
	// Refused before anything runs (documented), and a running request fails at once.
	if (code === 'deployment_disabled') return 'no';
	if (subject.purpose === 'catalog' || subject.purpose === 'account') return 'no';
	if (subject.purpose !== 'submit') return 'unknown';
	if (code === 'service_unavailable') return neverSent ? 'no' : 'unknown';
	return code === 'submit_outcome_unknown' ? 'unknown' : 'no';
}
