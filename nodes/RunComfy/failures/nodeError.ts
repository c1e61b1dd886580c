import { NodeApiError, NodeOperationError, type IDataObject, type INode } from 'n8n-workflow';

import { NOTHING_SUBMITTED, saysNotCharged, withoutNothingCharged } from '../shared/charge';
import {
	ExecutionStopped,
	internalFailure,
	isUnforeseen,
	RunComfyFailure,
	type FailureDetails,
} from '../shared/failure';

/** n8n's own message for a broken expression, such as "invalid syntax", doesn't say where it is. */
const NOT_READABLE = `${NOTHING_SUBMITTED} An expression in a parameter of this node can't be resolved. Open the node and correct the field marked in red.`;

/**
 * Converts anything that was thrown to the n8n error that ends the node, with the details in `context.details`. n8n's
 * own errors (a broken expression, a missing credential) pass through with the item's index.
 */
export function toNodeError(node: INode, thrown: unknown, itemIndex: number): NodeApiError | NodeOperationError {
	if (thrown instanceof NodeApiError || thrown instanceof NodeOperationError) {
		thrown.context.itemIndex ??= itemIndex;
		thrown.context.details = detailsOf(thrown);
		return thrown;
	}
	if (!(thrown instanceof RunComfyFailure) && !isUnforeseen(thrown)) {
		// As a cause, n8n would log it with its stack trace, as if a person who clicks Stop had found a fault.
		const cause = thrown instanceof ExecutionStopped ? thrown.message : (thrown as Error);
		const error = new NodeOperationError(node, cause, { itemIndex });
		error.description ??= adviceFor(thrown);
		error.context.details = detailsOf(thrown);
		return error;
	}
	const details = detailsOf(thrown);
	const { message, description, http_status } = details;
	const error =
		http_status === undefined
			? new NodeOperationError(node, message, { description, itemIndex })
			: new NodeApiError(node, {}, { message, description, httpCode: String(http_status), itemIndex });
	// n8n replaces a message that contains the letters of a network code, such as "eperm" or "eacces".
	error.message = message;
	error.context.details = details;
	return error;
}

function unknownSentence(count: number, one: string, several: string): string {
	return `${count === 1 ? `1 ${one} has` : `${count} ${several} have`} an unknown outcome: check Generations on runcomfy.com`;
}

/** The `json` of a failed item for Continue On Fail: a single key, as n8n expects it on an error output. */
export function failureJson(thrown: unknown): IDataObject {
	return { error: { ...detailsOf(thrown) } };
}

/** The user can correct an expression; any other error that is not our own has no advice. */
function adviceFor(thrown: unknown): string | undefined {
	return thrown instanceof Error && thrown.name === 'ExpressionError' ? NOT_READABLE : undefined;
}

/** The details of anything that was thrown. */
export function detailsOf(thrown: unknown): FailureDetails {
	if (thrown instanceof RunComfyFailure) return thrown.details;
	if (thrown instanceof NodeApiError || thrown instanceof NodeOperationError) {
		const known = thrown.context.details as FailureDetails | undefined;
		if (known) return known;
	}
	if (isUnforeseen(thrown)) return internalFailure(thrown, 'unknown').details;
	const { message, description } = thrown as { message?: string; description?: string | null };
	return {
		message: message ?? String(thrown),
		...(description || adviceFor(thrown) ? { description: description || adviceFor(thrown) } : {}),
		// n8n refused a parameter, such as an expression that can't be resolved.
		code: 'invalid_input',
		retryable: false,
		charged: 'no',
	};
}

/**
 * For a run that couldn't start: names what was submitted for its items before, which is still running and may be charged.
 *
 * @param ids of the requests of all items, or of the one item that failed
 * @param unknownOutcomes how many submits of earlier tries have an unknown outcome
 */
export function withSubmittedIds(thrown: unknown, ids: string[], unknownOutcomes = 0): RunComfyFailure {
	const details = detailsOf(thrown);
	if (unknownOutcomes > 0) {
		const named =
			ids.length > 0
				? withSubmittedIds(thrown, ids).details
				: { ...details, description: withoutNothingCharged(details.description), charged: 'unknown' as const };
		return new RunComfyFailure({
			...named,
			message: `${named.message}. ${unknownSentence(unknownOutcomes, 'submit from earlier tries', 'submits from earlier tries')}`,
		});
	}
	if (ids.length === 0) {
		const isSilent = details.charged !== 'no' || saysNotCharged(details.description);
		return new RunComfyFailure(
			isSilent
				? details
				: { ...details, description: `${details.description ?? ''} ${NOTHING_SUBMITTED}`.trim() },
		);
	}
	return new RunComfyFailure({
		...details,
		message: `${details.message}. ${ids.length === 1 ? 'This request was already submitted and is still at RunComfy' : 'These requests were already submitted and are still at RunComfy'}: ${ids.join(', ')}`,
		description:
			`${withoutNothingCharged(details.description)} Then fetch submitted requests for free with the Wait or Get Result operation and their request IDs.`.trim(),
		...(ids.length === 1 ? { request_id: ids[0] } : {}),
		charged: 'unknown',
	});
}

/** What happened to the other items of a run that one failure ended. */
export interface OtherItems {
	/** IDs of requests that are still running. */
	stillRunning: string[];
	/** IDs of requests that succeeded, whose items n8n discards. */
	finished: string[];
	/** Failures that came after the first. */
	later: unknown[];
	/**
	 * IDs of all requests that the node submitted in this execution: in this run, in earlier tries and in earlier
	 * rounds.
	 */
	submitted: string[];
	/** How many submits of this and of earlier tries have an unknown outcome, including the failure itself. */
	unknownOutcomes: number;
}

/** Names the requests of other items in the failure that ends a run, because they may be charged. */
export function withOtherRequests(thrown: unknown, others: OtherItems): unknown {
	const later = others.later.filter((error) => error instanceof RunComfyFailure).map(({ details }) => details);
	const failedIds = later.flatMap(({ request_id }) => (request_id ? [request_id] : []));
	const first = detailsOf(thrown);
	const isUnknown =
		first.code === 'submit_outcome_unknown' || (first.request_id === undefined && first.charged === 'unknown');
	const unknown = others.unknownOutcomes - (isUnknown ? 1 : 0);
	const reported = new Set([...others.stillRunning, ...others.finished, ...failedIds, first.request_id]);
	const sentences = [
		named('Other requests from this run are still running', others.stillRunning),
		named('These requests succeeded and can be fetched', others.finished),
		named('These requests also ended', failedIds),
		named(
			'Also submitted earlier in this execution',
			others.submitted.filter((id) => !reported.has(id) && !first.message.includes(id)),
		),
		unknown > 0 ? unknownSentence(unknown, 'more submit', 'more submits') : undefined,
	].filter((sentence) => sentence !== undefined);
	if (sentences.length === 0) return thrown;
	return new RunComfyFailure({
		...first,
		message: [first.message, ...sentences].join('. '),
		description:
			`${withoutNothingCharged(first.description)} Fetch other requests for free with the Wait or Get Result operation and their request IDs.`.trim(),
	});
}

function named(what: string, ids: string[]): string | undefined {
	return ids.length > 0 ? `${what}: ${ids.join(', ')}` : undefined;
}
