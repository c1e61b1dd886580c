import { cancelRequest } from '../api/requests';
import type { Clock } from '../shared/clock';
import type { ApiTransport } from '../transport/apiTransport';

const CANCEL_TIMEOUT_MS = 5_000;

/** A request that RunComfy accepted and whose end this node run has not seen. */
export interface InFlightRequest {
	requestId: string;
	/** Whether Stop cancels it. */
	cancelOnStop: boolean;
	/** Whether this node run submitted it, and may cancel it when the run ends early. */
	isOwn: boolean;
	/** Writes into the log what became of a cancel. */
	logCancel: (outcome: string) => void;
}

/** The requests of a node run that are under way, so that none is forgotten when the run ends before they do. */
export class InFlight {
	private readonly requests = new Map<string, InFlightRequest>();

	private readonly finished = new Set<string>();

	/** Those that a cancel of the run itself ended. */
	readonly cancelledIds = new Set<string>();

	constructor(
		private readonly clock: Clock,
		/** Told of each of those. */
		private readonly onCancelled: (requestId: string) => void = () => {},
	) {}

	add(request: InFlightRequest): void {
		this.requests.set(request.requestId, request);
	}

	/** It succeeded, and its files are still to be fetched: there is nothing to cancel any more. */
	markFinished(requestId: string): void {
		if (this.requests.delete(requestId)) this.finished.add(requestId);
	}

	/** Those that succeeded and whose items did not come about. */
	get finishedIds(): string[] {
		return [...this.finished];
	}

	/** Its item is complete, or tells how to fetch it. */
	remove(requestId: string): void {
		this.requests.delete(requestId);
		this.finished.delete(requestId);
	}

	/**
	 * After Stop: one cancel for each, queued or running, which RunComfy refuses for the running ones. What joins later,
	 * because its submit was still under way, is left for the next call.
	 */
	async cancelAfterStop(transport: ApiTransport): Promise<void> {
		const wanted = [...this.requests.values()].filter(({ cancelOnStop }) => cancelOnStop);
		for (const { requestId } of wanted) this.requests.delete(requestId);
		await Promise.all(wanted.map(async (request) => await this.cancelOne(transport, request)));
	}

	/**
	 * When the first failure ends the run: cancels those that are still queued.
	 *
	 * @returns the ids of those that run on
	 */
	async cancelQueued(transport: ApiTransport): Promise<string[]> {
		const own = [...this.requests.values()].filter(({ isOwn }) => isOwn);
		const outcomes = await Promise.all(own.map(async (request) => await this.cancelOne(transport, request)));
		return own.filter((_request, index) => outcomes[index] !== 'cancelled').map(({ requestId }) => requestId);
	}

	private async cancelOne(transport: ApiTransport, { requestId, logCancel }: InFlightRequest): Promise<string> {
		const outcome = await this.cancelOutcome(transport, requestId);
		logCancel(outcome);
		if (outcome === 'cancelled') {
			this.cancelledIds.add(requestId);
			this.onCancelled(requestId);
		}
		return outcome;
	}

	private async cancelOutcome(transport: ApiTransport, requestId: string): Promise<string> {
		try {
			return (await cancelRequest(transport, requestId, { deadline: this.clock.now() + CANCEL_TIMEOUT_MS })).outcome;
		} catch {
			return 'outcome unknown';
		}
	}
}
