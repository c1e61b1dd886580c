import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { RunComfyFailure, type FailureDetails } from '../shared/failure';

/**
 * Turns anything that was thrown into the n8n error that ends the node, with the details in `context.details`.
 * Errors that n8n itself made (a broken expression, a missing credential) pass through with the item's index.
 */
export function toNodeError(node: INode, thrown: unknown, itemIndex: number): NodeApiError | NodeOperationError {
	if (thrown instanceof NodeApiError || thrown instanceof NodeOperationError) {
		thrown.context.itemIndex ??= itemIndex;
		thrown.context.details = detailsOf(thrown);
		return thrown;
	}
	if (!(thrown instanceof RunComfyFailure)) {
		const error = new NodeOperationError(node, thrown instanceof Error ? thrown : String(thrown), { itemIndex });
		error.context.details = detailsOf(thrown);
		return error;
	}
	const { details } = thrown;
	const { message, description, http_status } = details;
	const error =
		http_status === undefined
			? new NodeOperationError(node, message, { description, itemIndex })
			: new NodeApiError(node, {}, { message, description, httpCode: String(http_status), itemIndex });
	// n8n replaces a message in which it finds the letters of a network code, "eperm" or "eacces" for example.
	error.message = message;
	error.context.details = details;
	return error;
}

/** The `json` of an item that failed, for Continue On Fail: a single key, as n8n wants it on an error output. */
export function failureJson(thrown: unknown): IDataObject {
	return { error: { ...detailsOf(thrown) } };
}

function detailsOf(thrown: unknown): FailureDetails {
	if (thrown instanceof RunComfyFailure) return thrown.details;
	const { message, description } = thrown as { message?: string; description?: string | null };
	return {
		message: message ?? String(thrown),
		...(description ? { description } : {}),
		// What is left are faults of the node's own parameters, such as an expression that cannot be resolved.
		code: 'invalid_input',
		retryable: false,
		charged: 'no',
	};
}

/** Names requests of other items in a failure that ends the run. */
export function namingRequests(thrown: unknown, requestIds: string[]): RunComfyFailure {
	const details = detailsOf(thrown);
	return new RunComfyFailure({
		...details,
		message: `${details.message}. Other requests of this run go on: ${requestIds.join(', ')}`,
		description: `${details.description ?? ''} Fetch those that go on with the operation Wait and their Request IDs, which costs nothing.`.trim(),
	});
}
