import { expectObject, NOT_READY, unexpectedShape } from '../../failures/apiFailure';
import { FETCH_LATER } from '../../failures/apiFailureTexts';
import { modelJob, type JobRef } from '../../shared/job';
import { isJsonObject } from '../../shared/json';
import { errorCodeOf, NetworkError, type ApiResponse } from '../../transport/apiResponse';
import type { ApiTransport } from '../../transport/apiTransport';
import {
	MismatchedResponse,
	type AcceptedJob,
	type CallControl,
	type CancelResponse,
	type JobApi,
	type JobResult,
	type JobStatus,
} from '../jobApi';
import { normaliseStatus } from '../status';
import { modelPath, requestPath } from './paths';

/** A result may hold files as data URIs. Bytes. */
const MAX_RESULT_BYTES = 96 * 1024 * 1024;

/**
 * Submits one request. This is the paid call.
 *
 * @param body the input of the model as JSON
 * @throws RunComfyFailure; `submit_outcome_unknown` when the request may have been accepted anyway
 */
export async function submitRequest(
	transport: ApiTransport,
	modelId: string,
	body: Buffer,
	control: CallControl = {},
): Promise<AcceptedJob> {
	const target = { family: 'model' as const, targetId: modelId };
	const subject = { purpose: 'submit' as const, target };
	const outcome = await transport.submit({
		method: 'POST',
		api: 'modelApi',
		path: modelPath(modelId),
		body,
		...control,
	});
	const response = expectAcceptance(outcome, modelId);
	const requestId = requestIdIn(response);
	if (requestId === undefined) throw unexpectedShape(subject, 'request_id');
	const urlOf = (part: 'status' | 'result' | 'cancel') => {
		const sent = response[`${part}_url`];
		return typeof sent === 'string' && sent !== ''
			? sent
			: `${transport.endpoints.modelApi}${requestPath(requestId, part)}`;
	};
	return {
		job: modelJob(requestId, modelId),
		statusUrl: urlOf('status'),
		resultUrl: urlOf('result'),
		cancelUrl: urlOf('cancel'),
		status: typeof response.status === 'string' ? normaliseStatus(response.status) : 'in_queue',
	};
}

/** Whatever the response to a submit is, a request ID in it is never lost, because the request may be charged. */
function expectAcceptance(outcome: ApiResponse | NetworkError, modelId: string): Record<string, unknown> {
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
	return expectObject(accepted, { purpose: 'submit', target: { family: 'model', targetId: modelId }, requestId });
}

/** The ID in a response that isn't valid JSON, such as a truncated one: it helps a person to find the request. */
function requestIdInText(text = ''): string | undefined {
	return /"request_id"\s*:\s*"([^"\\\s]{1,200})"/.exec(text)?.[1];
}

/** A gateway may wrap a response: the part with the request ID counts. */
function unwrapped(json: unknown): unknown {
	const [only, ...more] = Array.isArray(json) ? (json as unknown[]) : [isJsonObject(json) ? json.data : undefined];
	return requestIdIn(json) === undefined && requestIdIn(only) !== undefined && more.length === 0 ? only : json;
}

/** An ID is a text (documented); a number is accepted too. */
function requestIdIn(json: unknown): string | undefined {
	const value = isJsonObject(json) ? json.request_id : undefined;
	const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
	return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/** Requests of the Model API. */
export function modelJobs(transport: ApiTransport): JobApi {
	return {
		readStatus: async (job, control) => await readStatus(transport, job, control),
		readResult: async (job, includeCost, control) => await readResult(transport, job, includeCost, control),
		cancel: async (job, control) => await cancelRequest(transport, job, control),
	};
}

async function readStatus(transport: ApiTransport, job: JobRef, control: CallControl = {}): Promise<JobStatus> {
	const { requestId } = job;
	const subject = { purpose: 'status' as const, requestId, target: job };
	const outcome = await transport.read({
		method: 'GET',
		api: 'modelApi',
		path: requestPath(requestId, 'status'),
		...control,
	});
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

/** With the cost in USD if requested (seen in RunComfy's own client). */
async function readResult(
	transport: ApiTransport,
	job: JobRef,
	includeCost: boolean,
	control: CallControl = {},
): Promise<JobResult | undefined> {
	const { requestId } = job;
	const outcome = await transport.read({
		method: 'GET',
		api: 'modelApi',
		path: requestPath(requestId, 'result'),
		maxResponseBytes: MAX_RESULT_BYTES,
		query: includeCost ? { include_cost: true } : undefined,
		...control,
	});
	if (!(outcome instanceof NetworkError) && errorCodeOf(outcome.json) === NOT_READY) return undefined;
	const subject = { purpose: 'result' as const, requestId, target: job };
	const response = expectObject(outcome, subject);
	requireOwn(response, subject);
	return response;
}

/** @throws AnswerOfAnotherJob */
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

/** A number, possibly sent as text. */
function numberIn(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

async function cancelRequest(transport: ApiTransport, job: JobRef, control: CallControl = {}): Promise<CancelResponse> {
	const { requestId } = job;
	const subject = { purpose: 'cancel' as const, requestId, target: job };
	const outcome = await transport.read({
		method: 'POST',
		api: 'modelApi',
		path: requestPath(requestId, 'cancel'),
		...control,
	});
	const response = expectObject(outcome, subject);
	const status = typeof response.status === 'string' ? response.status : undefined;
	// The first cancel took effect but its response was lost: the repeated one finds nothing left to cancel.
	const isOurs =
		(outcome as ApiResponse).isRepeated && status !== undefined && normaliseStatus(status) === 'cancelled';
	if (isOurs) return { outcome: 'cancelled', status };
	const word =
		typeof response.outcome === 'string'
			? response.outcome.trim().toLowerCase()
			: (status ?? '').trim().toLowerCase();
	if (word === 'not_cancellable') return { outcome: word, status };
	if (normaliseStatus(word) === 'cancelled') return { outcome: 'cancelled', status };
	// The Serverless API responds like this, without an outcome (seen in RunComfy's own client).
	if (/^cancel/.test(word)) return { outcome: 'cancellation_requested', status };
	throw unexpectedShape(subject, 'outcome');
}
