import { readResult, readStatus, type RequestResult, type RequestStatus } from '../api/requests';
import type { Clock } from '../execution/clock';
import { unexpectedShape } from '../failures/apiFailure';
import type { ApiTransport } from '../transport/apiTransport';
import { cancelledFailure, generationFailure } from './outcomeFailures';
import { pollDelayMs } from './pollDelay';
import { resultStatus } from './result';
import { isFinished, type NormalStatus } from './status';

/** What a wait needs to know and to reach. */
export interface WaitOptions {
	transport: ApiTransport;
	clock: Clock;
	requestId: string;
	modelId?: string;
	/** Seconds from now until the wait gives up. */
	maxWaitTime: number;
	includeCost: boolean;
	signal?: AbortSignal;
	/** Called with every status that was read. */
	onStatus?: (status: RequestStatus) => void;
}

/** How a wait ended, failures aside. */
export type WaitOutcome =
	| { kind: 'succeeded'; result: RequestResult }
	| { kind: 'timedOut'; status: NormalStatus; waitedSeconds: number };

/**
 * Watches one request until it is finished or the time is up, and decides by the result whether it succeeded.
 *
 * @throws RunComfyFailure `generation_failed` or `cancelled` for what became of the request, or a failure of the reads
 * @throws ExecutionStopped
 */
export async function waitForResult(options: WaitOptions): Promise<WaitOutcome> {
	const { clock, transport, requestId, signal } = options;
	const startedAt = clock.now();
	const deadline = startedAt + options.maxWaitTime * 1000;
	for (;;) {
		const status = await readStatus(transport, requestId, signal);
		options.onStatus?.(status);
		const result = isFinished(status.status)
			? await finishedResult(options, status.status)
			: undefined;
		if (result) return { kind: 'succeeded', result };

		const now = clock.now();
		if (now >= deadline) {
			const waitedSeconds = Math.round((now - startedAt) / 1000);
			return { kind: 'timedOut', status: isFinished(status.status) ? 'in_progress' : status.status, waitedSeconds };
		}
		await clock.sleep(pollDelayMs(now - startedAt, deadline - now), signal);
	}
}

/** The result of a request whose status says "finished"; undefined when the result says "not yet". */
async function finishedResult(options: WaitOptions, status: NormalStatus): Promise<RequestResult | undefined> {
	const { transport, requestId, modelId, includeCost, signal } = options;
	if (status === 'cancelled') throw cancelledFailure(requestId, modelId);
	const result = await readResult(transport, requestId, includeCost, signal);
	if (result === undefined) return undefined;
	switch (resultStatus(result)) {
		case 'succeeded':
			return result;
		case 'failed':
			throw generationFailure(requestId, modelId, result);
		case 'cancelled':
			throw cancelledFailure(requestId, modelId);
		case undefined:
			if (status === 'failed') throw generationFailure(requestId, modelId, result);
			throw unexpectedShape({ purpose: 'result', requestId, modelId }, 'status');
		default:
			if (status === 'failed') throw generationFailure(requestId, modelId, result);
			return undefined;
	}
}
