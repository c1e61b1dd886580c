import { readResult, readStatus, type CallControl, type RequestResult, type RequestStatus } from '../api/requests';
import { isFinished, type NormalStatus } from '../api/status';
import { unexpectedShape } from '../failures/apiFailure';
import type { Clock } from '../shared/clock';
import { isPassing, rethrow } from '../shared/failure';
import type { ApiTransport, CallPace } from '../transport/apiTransport';
import { cancelledFailure, generationFailure } from './outcomeFailures';
import { pollDelayMs } from './pollDelay';
import type { Watched } from './poller';
import { resultStatus } from './result';

/** A request that runs is worth more patience than one call: reads are tried again for so long. Milliseconds. */
const PATIENCE_MS = 30_000;

/** What a watch needs to know and to reach. */
export interface WatchOptions {
	transport: ApiTransport;
	clock: Clock;
	requestId: string;
	modelId?: string;
	/** Seconds from now until the watch gives up. */
	maxWaitTime: number;
	includeCost: boolean;
	signal?: AbortSignal;
	/** Spaces the status reads of a run; asked before repeats, because the poller asks for the first ones. */
	pace?: CallPace;
	/** How long the model usually runs, in milliseconds, where that is known and the request was submitted just now. */
	usualMs?: () => number | undefined;
	/** A number from 0 to 1 for each pause; by chance by default. */
	random?: () => number;
	/** Called with every status that was read. */
	onStatus?: (status: RequestStatus) => void;
}

/** How a watch ended, failures aside. */
export type WatchOutcome =
	/** `ranMs`: milliseconds from the submit, or from the last time it was seen in the queue. */
	| { kind: 'succeeded'; result: RequestResult; ranMs: number }
	| { kind: 'timedOut'; status: NormalStatus; waitedSeconds: number };

/**
 * Watches one request until it is finished or the time is up, and decides by the result whether it succeeded.
 * A look throws RunComfyFailure `generation_failed` or `cancelled` for what became of the request, or a failure of the
 * reads; and ExecutionStopped.
 */
export class RequestWatch implements Watched<WatchOutcome> {
	private readonly startedAt: number;

	private readonly deadline: number;

	private readonly control: CallControl;

	private runningSince: number;

	private last: NormalStatus | undefined;

	constructor(private readonly options: WatchOptions) {
		const { clock, signal, maxWaitTime } = options;
		this.startedAt = clock.now();
		this.runningSince = this.startedAt;
		this.deadline = this.startedAt + maxWaitTime * 1000;
		this.control = { signal, deadline: this.deadline, keepTryingMs: PATIENCE_MS };
	}

	pauseMs(): number {
		const now = this.options.clock.now();
		const usualMs = this.options.usualMs?.();
		// A model of which nothing is known may be finished at once.
		if (this.last === undefined && usualMs === undefined) return 0;
		const isQueued = this.last === 'in_queue';
		const waitedMs = now - (isQueued ? this.startedAt : this.runningSince);
		return Math.max(0, Math.min(pollDelayMs({ waitedMs, isQueued, usualMs }, (this.options.random ?? Math.random)()), this.deadline - now));
	}

	async look(): Promise<WatchOutcome[]> {
		const { clock } = this.options;
		try {
			const outcome = await this.outcome();
			if (outcome) return [outcome];
		} catch (error) {
			// Reads that fail until the time is up end as the time being up: the request is known to go on.
			if (this.last === undefined || clock.now() < this.deadline || !isPassing(error)) rethrow(error);
		}
		const now = clock.now();
		if (now < this.deadline) return [];
		const waitedSeconds = Math.round((now - this.startedAt) / 1000);
		return [{ kind: 'timedOut', status: this.last ?? 'in_queue', waitedSeconds }];
	}

	private async outcome(): Promise<WatchOutcome | undefined> {
		const { transport, clock, requestId, pace, onStatus } = this.options;
		const status = await readStatus(transport, requestId, { ...this.control, pace });
		onStatus?.(status);
		if (status.status === 'in_queue') this.runningSince = clock.now();
		const ranMs = clock.now() - this.runningSince;
		this.last = isFinished(status.status) ? 'in_progress' : status.status;
		const result = isFinished(status.status) ? await this.finishedResult(status.status) : undefined;
		return result && { kind: 'succeeded', result, ranMs };
	}

	/** The result of a request whose status says "finished"; undefined when the result says "not yet". */
	private async finishedResult(status: NormalStatus): Promise<RequestResult | undefined> {
		const { transport, requestId, modelId, includeCost } = this.options;
		const result = (await readResult(transport, requestId, includeCost, this.control)) ?? {};
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
}
