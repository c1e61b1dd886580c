import { expectObject, NOT_READY, unexpectedShape } from '../../failures/apiFailure';
import { isJsonObject } from '../../shared/json';
import { errorCodeOf, TransportFault, type ApiAnswer } from '../../transport/apiAnswer';
import { RunComfyFailure } from '../../shared/failure';
import type { ApiTransport, CallRate } from '../../transport/apiTransport';
import { modelPath, requestPath } from './paths';
import { normaliseStatus, type NormalStatus } from '../status';

/** A request that RunComfy accepted. */
export interface AcceptedRequest {
	requestId: string;
	/** Absolute URLs. RunComfy documents them; its own command line takes them as optional. */
	statusUrl: string;
	resultUrl: string;
	cancelUrl: string;
	status: NormalStatus;
}

/** One answer of the status endpoint, with its own word for the status beside the normalised one. */
export interface RequestStatus {
	status: NormalStatus;
	rawStatus: string;
	/** Only while the request is queued (documented). */
	queuePosition?: number;
	/** The answer as it came. */
	answer: Record<string, unknown>;
}

/** One answer of the result endpoint; `undefined` in place of it means: not ready yet. */
export type RequestResult = Record<string, unknown>;

/** RunComfy's answer to a cancel (documented). */
export interface CancelAnswer {
	/** `cancellation_requested` where RunComfy only promises to try (seen in its own client). */
	outcome: 'cancelled' | 'not_cancellable' | 'cancellation_requested';
	status?: string;
}

/** How the calls of a run go out. */
export interface CallControl {
	signal?: AbortSignal;
	/** By the clock's `now`; a read is not tried again after it. */
	deadline?: number;
	/** How often a call that may be repeated is sent again; three times by default. */
	maxRepeats?: number;
	/** Spaces the calls of a run; asked before repeats. */
	rate?: CallRate;
}

/**
 * Submits one request. This is what is paid for.
 *
 * @param body the input of the model as JSON
 * @throws RunComfyFailure; `submit_outcome_unknown` where the request may have been accepted all the same
 */
export async function submitRequest(
	transport: ApiTransport,
	modelId: string,
	body: Buffer,
	control: CallControl = {},
): Promise<AcceptedRequest> {
	const subject = { purpose: 'submit' as const, modelId };
	const outcome = await transport.submit({
		method: 'POST',
		api: 'modelApi',
		path: modelPath(modelId),
		body,
		...control,
	});
	const answer = expectAcceptance(outcome, modelId);
	const requestId = requestIdIn(answer);
	if (requestId === undefined) throw unexpectedShape(subject, 'request_id');
	const urlOf = (part: 'status' | 'result' | 'cancel') => {
		const sent = answer[`${part}_url`];
		return typeof sent === 'string' && sent !== '' ? sent : `${transport.endpoints.modelApi}${requestPath(requestId, part)}`;
	};
	return {
		requestId,
		statusUrl: urlOf('status'),
		resultUrl: urlOf('result'),
		cancelUrl: urlOf('cancel'),
		status: typeof answer.status === 'string' ? normaliseStatus(answer.status) : 'in_queue',
	};
}

/** Whatever a submit was answered with: an id in it is never lost, because the request may be paid. */
function expectAcceptance(outcome: ApiAnswer | TransportFault, modelId: string): Record<string, unknown> {
	const json = outcome instanceof TransportFault ? undefined : outcome.json;
	const requestId = requestIdIn(json);
	const isEmptyCode = isJsonObject(json) && ['', 0, false].includes(json.error_code as never);
	const accepted = isEmptyCode && requestId ? { ...(outcome as ApiAnswer), json: { ...json, error_code: null } } : outcome;
	return expectObject(accepted, { purpose: 'submit', modelId, requestId });
}

/** An id is a text (documented); a number would be one as well. */
function requestIdIn(json: unknown): string | undefined {
	const value = isJsonObject(json) ? json.request_id : undefined;
	const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
	return typeof text === 'string' && text.trim() !== '' ? text.trim() : undefined;
}

/** Reads the status of a request (free). @throws RunComfyFailure */
export async function readStatus(
	transport: ApiTransport,
	requestId: string,
	control: CallControl = {},
): Promise<RequestStatus> {
	const subject = { purpose: 'status' as const, requestId };
	const outcome = await transport.read({
		method: 'GET',
		api: 'modelApi',
		path: requestPath(requestId, 'status'),
		...control,
	});
	const answer = expectObject(outcome, subject);
	if (typeof answer.status !== 'string' || answer.status.trim() === '') throw unexpectedShape(subject, 'status');
	requireOwn(answer, subject);
	return {
		status: normaliseStatus(answer.status),
		rawStatus: answer.status,
		queuePosition: numberIn(answer.queue_position),
		answer,
	};
}

/**
 * Reads the result of a request (free).
 *
 * @param includeCost asks for `cost` in USD (seen in RunComfy's own client)
 * @returns undefined when RunComfy says "not ready" by its error code instead of by a state
 * @throws RunComfyFailure
 */
export async function readResult(
	transport: ApiTransport,
	requestId: string,
	includeCost: boolean,
	control: CallControl = {},
): Promise<RequestResult | undefined> {
	const outcome = await transport.read({
		method: 'GET',
		api: 'modelApi',
		path: requestPath(requestId, 'result'),
		query: includeCost ? { include_cost: true } : undefined,
		...control,
	});
	if (!(outcome instanceof TransportFault) && errorCodeOf(outcome.json) === NOT_READY) return undefined;
	const subject = { purpose: 'result' as const, requestId };
	const answer = expectObject(outcome, subject);
	requireOwn(answer, subject);
	return answer;
}

/** A cache or a proxy on the way may mix answers up; what belongs to another request is never taken for this one's. */
export class AnswerOfAnotherRequest extends RunComfyFailure {}

/** @throws AnswerOfAnotherRequest */
function requireOwn(answer: Record<string, unknown>, subject: { purpose: 'status' | 'result'; requestId: string }): void {
	const sentId = requestIdIn(answer);
	if (sentId === undefined || sentId.toLowerCase() === subject.requestId.toLowerCase()) return;
	const { details } = unexpectedShape(subject, 'request_id');
	throw new AnswerOfAnotherRequest({
		...details,
		message: `RunComfy answered with another request's ${subject.purpose} (request ${subject.requestId})`,
		description: 'A proxy or cache between n8n and RunComfy may mix up answers. The request itself is still at RunComfy: fetch it with the operation Wait and its Request ID, which is free.',
	});
}

/** A number, also one that came as text. */
function numberIn(value: unknown): number | undefined {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** Cancels a request while it is queued; on any other it does nothing (documented). @throws RunComfyFailure */
export async function cancelRequest(
	transport: ApiTransport,
	requestId: string,
	control: CallControl = {},
): Promise<CancelAnswer> {
	const subject = { purpose: 'cancel' as const, requestId };
	const outcome = await transport.read({
		method: 'POST',
		api: 'modelApi',
		path: requestPath(requestId, 'cancel'),
		...control,
	});
	const answer = expectObject(outcome, subject);
	const status = typeof answer.status === 'string' ? answer.status : undefined;
	// A cancel that took effect and whose answer was lost: the repeated one finds nothing left to cancel.
	const isOurs = (outcome as ApiAnswer).isRepeated && status !== undefined && normaliseStatus(status) === 'cancelled';
	if (isOurs) return { outcome: 'cancelled', status };
	const said = typeof answer.outcome === 'string' ? answer.outcome.trim().toLowerCase() : (status ?? '').trim().toLowerCase();
	if (said === 'not_cancellable') return { outcome: said, status };
	if (normaliseStatus(said) === 'cancelled') return { outcome: 'cancelled', status };
	// The Serverless API answers so, without an outcome (seen in RunComfy's own client).
	if (/^cancel/.test(said)) return { outcome: 'cancellation_requested', status };
	throw unexpectedShape(subject, 'outcome');
}
