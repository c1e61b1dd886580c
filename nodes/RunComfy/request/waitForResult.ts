import { readResult, readStatus, type RequestResult, type RequestStatus } from '../api/requests';
import type { Clock } from '../shared/clock';
import { unexpectedShape } from '../failures/apiFailure';
import { rethrow, RunComfyFailure } from '../shared/failure';
import type { ApiTransport } from '../transport/apiTransport';
import { cancelledFailure, generationFailure } from './outcomeFailures';
import { pollDelayMs } from './pollDelay';
import { resultStatus } from './result';
import { isFinished, type NormalStatus } from '../api/status';

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
	/** Waited for before each status read. */
	turn?: (signal?: AbortSignal) => Promise<void>;
	/** How long the model usually runs, in milliseconds, where the request was submitted just now. */
	usualMs?: number;
	/** Called with every status that was read. */
	onStatus?: (status: RequestStatus) => void;
}

/** How a wait ended, failures aside. */
export type WaitOutcome =
	/** `ranMs`: milliseconds from the submit, or from the last time it was seen in the queue. */
	| { kind: 'succeeded'; result: RequestResult; ranMs: number }
	| { kind: 'timedOut'; status: NormalStatus; waitedSeconds: number };

/**
 * Watches one request until it is finished or the time is up, and decides by the result whether it succeeded.
 *
 * @throws RunComfyFailure `generation_failed` or `cancelled` for what became of the request, or a failure of the reads
 * @throws ExecutionStopped
 */
export async function waitForResult(options: WaitOptions): Promise<WaitOutcome> {
	const { clock, transport, requestId, signal, turn } = options;
	const startedAt = clock.now();
	const deadline = startedAt + options.maxWaitTime * 1000;
	const control = { signal, deadline, turn };
	let runningSince = startedAt;
	let last: NormalStatus | undefined;
	// A model of which nothing is known may be finished at once; of the others the first look is planned.
	let pauseMs = options.usualMs === undefined ? 0 : pollDelayMs({ waitedMs: 0, isQueued: false, usualMs: options.usualMs }, 0);
	for (;;) {
		if (pauseMs > 0) await clock.sleep(Math.min(pauseMs, deadline - clock.now()), signal);
		try {
			const status = await readStatus(transport, requestId, control);
			options.onStatus?.(status);
			if (status.status === 'in_queue') runningSince = clock.now();
			const ranMs = clock.now() - runningSince;
			last = isFinished(status.status) ? 'in_progress' : status.status;
			const result = isFinished(status.status) ? await finishedResult(options, status.status, deadline) : undefined;
			if (result) return { kind: 'succeeded', result, ranMs };
		} catch (error) {
			// Reads that fail until the time is up end as the time being up: the request is known to go on.
			if (last === undefined || clock.now() < deadline || !isPassing(error)) rethrow(error);
		}
		const now = clock.now();
		if (now >= deadline) return { kind: 'timedOut', status: last ?? 'in_queue', waitedSeconds: Math.round((now - startedAt) / 1000) };
		const isQueued = last === 'in_queue';
		const waitedMs = now - (isQueued ? startedAt : runningSince);
		pauseMs = pollDelayMs({ waitedMs, isQueued, usualMs: options.usualMs }, Math.random());
	}
}

/** Whether a read failed for a reason that may pass by itself. */
function isPassing(error: unknown): boolean {
	return error instanceof RunComfyFailure && error.details.retryable;
}

/** The result of a request whose status says "finished"; undefined when the result says "not yet". */
async function finishedResult(
	options: WaitOptions,
	status: NormalStatus,
	deadline: number,
): Promise<RequestResult | undefined> {
	const { transport, requestId, modelId, includeCost, signal } = options;
	const result = (await readResult(transport, requestId, includeCost, { signal, deadline })) ?? {};
	switch (resultStatus(result)) {
		case 'succeeded':
			return result;
		case 'failed':
			throw generationFailure(requestId, modelId, result);
		case 'cancelled':
			throw cancelledFailure(requestId, modelId);
		default:
			// The result does not decide, so the status does. A completed request may get its result a little later.
			if (status === 'cancelled') throw cancelledFailure(requestId, modelId);
			if (status === 'failed') throw generationFailure(requestId, modelId, result);
			if (result.request_id !== undefined && result.status === undefined) {
				throw unexpectedShape({ purpose: 'result', requestId, modelId }, 'status');
			}
			return undefined;
	}
}
