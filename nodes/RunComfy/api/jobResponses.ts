import { expectObject, NOT_READY, unexpectedShape } from '../failures/apiFailure';
import { FETCH_LATER } from '../failures/apiFailureTexts';
import type { JobRef, JobTarget } from '../shared/job';
import { isJsonObject } from '../shared/json';
import { errorCodeOf, NetworkError, type ApiResponse } from '../transport/apiResponse';
import { MismatchedResponse, type CancelResponse, type JobResult, type JobStatus } from './jobApi';
import { normaliseStatus } from './status';

/*
 * Both API families response alike about a request; what differs is where they are asked.
 */

/** A result may hold files as data URIs. Bytes. */
export const MAX_RESULT_BYTES = 96 * 1024 * 1024;

/**
 * The response to a submit and the ID of the accepted request.
 *
 * @throws RunComfyFailure; `submit_outcome_unknown` where the request may have been accepted all the same
 */
export function acceptedResponse(
	outcome: ApiResponse | NetworkError,
	target: JobTarget,
): { requestId: string; response: Record<string, unknown> } {
	const response = expectAcceptance(outcome, target);
	const requestId = requestIdIn(response);
	if (requestId === undefined) throw unexpectedShape({ purpose: 'submit', target }, 'request_id');
	return { requestId, response };
}

/** A URL of an accepted request as RunComfy sent it, else the one that it must have. */
export function urlIn(
	response: Record<string, unknown>,
	part: 'status' | 'result' | 'cancel',
	otherwise: string,
): string {
	const sent = response[`${part}_url`];
	return typeof sent === 'string' && sent !== '' ? sent : otherwise;
}

/** Whatever a submit was answered with: an id in it is never lost, because the request may be paid. */
function expectAcceptance(outcome: ApiResponse | NetworkError, target: JobTarget): Record<string, unknown> {
	const json = outcome instanceof NetworkError ? undefined : unwrapped(outcome.json);
	const text = outcome instanceof NetworkError ? outcome.partialText : outcome.text;
	const requestId = requestIdIn(json) ?? (json === undefined ? requestIdInText(text) : undefined);
	const isEmptyCode = isJsonObject(json) && ['', 0, false].includes(json.error_code as never);
	const isPlain = outcome instanceof NetworkError || json === outcome.json;
	const accepted =
		isEmptyCode && requestId
			? { ...(outcome as ApiResponse), json: { ...json, error_code: null } }
			: isPlain
				? outcome
				: { ...outcome, json };
	return expectObject(accepted, { purpose: 'submit', target, requestId });
}

/** The ID in a response that isn't valid JSON, such as one that was cut off: it helps a person to find the request. */
function requestIdInText(text = ''): string | undefined {
	return /"request_id"\s*:\s*"([^"\\\s]{1,200})"/.exec(text)?.[1];
}

/** A gateway on the way may wrap a response: the one that holds the id counts. */
function unwrapped(json: unknown): unknown {
	const [only, ...more] = Array.isArray(json) ? (json as unknown[]) : [isJsonObject(json) ? json.data : undefined];
	return requestIdIn(json) === undefined && requestIdIn(only) !== undefined && more.length === 0 ? only : json;
}

/** An id is a text (documented); a number would be one as well. */
function requestIdIn(json: unknown): string | undefined {
	const value = isJsonObject(json) ? json.request_id : undefined;
	const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
	return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/** Reads a status response. @throws RunComfyFailure */
export function statusOf(outcome: ApiResponse | NetworkError, job: JobRef): JobStatus {
	const subject = { purpose: 'status' as const, requestId: job.requestId, target: job };
	const response = expectObject(outcome, subject);
	if (typeof response.status !== 'string' || response.status.trim() === '') throw unexpectedShape(subject, 'status');
	requireOwn(response, subject);
	return {
		status: normaliseStatus(response.status),
		rawStatus: response.status,
		queuePosition: numberIn(response.queue_position),
		response,
	};
}

/** Reads a result. @returns undefined when RunComfy says "not ready" by its error code. @throws RunComfyFailure */
export function resultOf(outcome: ApiResponse | NetworkError, job: JobRef): JobResult | undefined {
	if (!(outcome instanceof NetworkError) && errorCodeOf(outcome.json) === NOT_READY) return undefined;
	const subject = { purpose: 'result' as const, requestId: job.requestId, target: job };
	const response = expectObject(outcome, subject);
	requireOwn(response, subject);
	return response;
}

/** Reads the response to a cancel. @throws RunComfyFailure */
export function cancelResponseOf(outcome: ApiResponse | NetworkError, job: JobRef): CancelResponse {
	const subject = { purpose: 'cancel' as const, requestId: job.requestId, target: job };
	const response = expectObject(outcome, subject);
	const status = typeof response.status === 'string' ? response.status : undefined;
	// A cancel that took effect and whose response was lost: the repeated one finds nothing left to cancel.
	const isOurs =
		(outcome as ApiResponse).isRepeated && status !== undefined && normaliseStatus(status) === 'cancelled';
	if (isOurs) return { outcome: 'cancelled', status };
	const said =
		typeof response.outcome === 'string'
			? response.outcome.trim().toLowerCase()
			: (status ?? '').trim().toLowerCase();
	if (said === 'not_cancellable') return { outcome: said, status };
	if (normaliseStatus(said) === 'cancelled') return { outcome: 'cancelled', status };
	// The Serverless API answers so, without an outcome (seen in RunComfy's own client).
	if (/^cancel/.test(said)) return { outcome: 'cancellation_requested', status };
	throw unexpectedShape(subject, 'outcome');
}

/** @throws MismatchedResponse */
function requireOwn(
	response: Record<string, unknown>,
	subject: { purpose: 'status' | 'result'; requestId: string; target: JobRef },
): void {
	const sentId = requestIdIn(response);
	if (sentId === undefined || sentId.toLowerCase() === subject.requestId.toLowerCase()) return;
	const { details } = unexpectedShape(subject, 'request_id');
	throw new MismatchedResponse({
		...details,
		message: `RunComfy returned the ${subject.purpose} of another request (request ${subject.requestId})`,
		description: `A proxy or cache between n8n and RunComfy may be mixing up responses. ${FETCH_LATER}`,
	});
}

/** A number, also one that came as text. */
function numberIn(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
