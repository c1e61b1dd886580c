import { MAY_BE_CHARGED, NOTHING_SUBMITTED } from './charge';
import { withoutMarkup } from './text';

/** The failure codes that workflows may branch on. */
export type FailureCode =
	| 'invalid_input'
	| 'spend_limit'
	| 'media_rejected'
	| 'unauthorized'
	| 'insufficient_balance'
	| 'forbidden'
	| 'not_found'
	| 'deployment_disabled'
	| 'rate_limited'
	| 'submit_outcome_unknown'
	| 'generation_failed'
	| 'cancelled'
	| 'timeout'
	| 'service_unavailable'
	| 'unexpected_response'
	| 'download_failed'
	| 'internal_error';

/** Whether the request was charged: `unknown` when RunComfy doesn't say. */
export type Charged = 'yes' | 'no' | 'unknown';

/** What a workflow gets about a failed item, as `json.error` or as `error.context.details`. */
export interface FailureDetails {
	message: string;
	description?: string;
	code: FailureCode;
	request_id?: string;
	model_id?: string;
	deployment_id?: string;
	status?: string;
	http_status?: number;
	retryable: boolean;
	charged: Charged;
	output_urls?: string[];
}

/** A failure in the words of this node, before it becomes an n8n error. */
export class RunComfyFailure extends Error {
	readonly details: FailureDetails;

	constructor(
		details: FailureDetails,
		/** How long the service asks to wait, in milliseconds, if it does. */
		readonly retryAfterMs?: number,
	) {
		super(withoutMarkup(details.message));
		this.name = 'RunComfyFailure';
		this.details = inContractOrder(details);
	}
}

/** Fixes the order of the keys and leaves out those that are unknown. */
function inContractOrder(details: FailureDetails): FailureDetails {
	const { message, description, code, request_id, model_id, deployment_id, status, http_status } = details;
	const { retryable, charged, output_urls } = details;
	return {
		message: withoutMarkup(message),
		...(description ? { description: withoutMarkup(description) } : {}),
		code,
		...(request_id ? { request_id } : {}),
		...(model_id ? { model_id } : {}),
		...(deployment_id ? { deployment_id } : {}),
		...(status ? { status } : {}),
		...(http_status ? { http_status } : {}),
		retryable,
		charged,
		...(output_urls ? { output_urls } : {}),
	};
}

/** Input that this node refuses before it reaches RunComfy. Nothing was sent, so nothing is charged. */
export function invalidInput(message: string, description?: string): RunComfyFailure {
	return new RunComfyFailure({
		message,
		description,
		code: 'invalid_input',
		retryable: false,
		charged: 'no',
	});
}

/**
 * An unexpected fault, in this node or in n8n.
 *
 * @param charged `no` only where nothing was submitted yet
 */
export function internalFailure(
	fault: unknown,
	charged: Charged,
	request: { request_id?: string; model_id?: string; deployment_id?: string } = {},
): RunComfyFailure {
	const { request_id } = request;
	const reason = fault instanceof Error ? `${fault.name}: ${fault.message}` : String(fault);
	return new RunComfyFailure({
		message: `Internal error in the RunComfy node${request_id ? ` (request ${request_id})` : ''}: ${reason}`,
		description: request_id
			? "The request itself isn't affected. Fetch its result for free with the Get Result operation and this request ID. Please report this error."
			: charged === 'no'
				? `${NOTHING_SUBMITTED} Please report this error.`
				: `${MAY_BE_CHARGED} Please report this error.`,
		code: 'internal_error',
		...request,
		retryable: false,
		charged,
	});
}

/** The execution was stopped: n8n ignores whatever the node still returns or throws. */
export class ExecutionStopped extends Error {
	constructor() {
		super('The execution was stopped');
		this.name = 'ExecutionStopped';
	}
}

/**
 * Throws what was caught as it is. n8n's linter wants an n8n error wherever a catch block throws; here a single place
 * converts everything, at the end of an item.
 */
export function throwAsIs(error: unknown): never {
	throw error;
}

/** Whether this is an unexpected fault: neither a failure of this node nor an n8n error that is worded for users. */
export function isUnforeseen(error: unknown): boolean {
	if (error instanceof RunComfyFailure || error instanceof ExecutionStopped) return false;
	// All error classes of n8n have a `level`.
	return !(error instanceof Error) || !('level' in error);
}
