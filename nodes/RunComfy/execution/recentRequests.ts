import type { AcceptedJob } from '../api/jobApi';
import type { Clock } from '../shared/clock';
import { systemClock } from '../shared/clock';
import type { JobFamily } from '../shared/job';

/** How long requests are remembered (contract). Milliseconds. */
const LIFETIME_MS = 24 * 60 * 60 * 1_000;

/** About 10 MB at most. The oldest are forgotten first. */
const MAX_REQUESTS = 10_000;

/** A request that this process submitted. */
export interface RecentRequest {
	accepted: AcceptedJob;
	/** A hash, see `ApiTransport`. */
	account: string;
	/** ISO date. */
	submittedAt: string;
	/** As RunComfy last reported it. */
	status: string;
	/** Equal for equal inputs of one target; undefined where it could not be worked out. */
	inputKey?: string;
	workflowId?: string;
	executionId: string;
	itemIndex: number;
}

interface Remembered extends RecentRequest {
	/** By the clock's `now`. Milliseconds. */
	at: number;
}

/** How a request ended that produced nothing. */
const BAD_ENDS = ['failed', 'cancelled'];

/** What the result said is final: the status endpoint may lag behind it. */
const FINAL = ['succeeded', ...BAD_ENDS];

/** Nobody bounds a status that RunComfy doesn't document. Characters. */
const MAX_STATUS_LENGTH = 80;

/** Whether a request is known to have produced nothing. */
export function hasEndedBadly({ status }: RecentRequest): boolean {
	return BAD_ENDS.includes(status);
}

/**
 * Requests that this process submitted in the last 24 hours, in all executions: to find again what Stop or a failure left
 * behind, and to take a result that was paid for instead of a new one. Nobody gets to see the requests of another account.
 */
export class RecentRequests {
	/** By account, family and ID; the oldest first. */
	private readonly requests = new Map<string, Remembered>();

	/** The same requests by account and input. */
	private readonly byInput = new Map<string, Set<Remembered>>();

	constructor(
		private readonly clock: Clock,
		private readonly maxRequests = MAX_REQUESTS,
	) {}

	add(request: RecentRequest): void {
		const remembered = { ...request, at: this.clock.now() };
		const key = keyOf(request.account, request.accepted.job);
		// A service that gives an ID twice must not leave one behind that is never forgotten.
		this.forget(key);
		this.requests.set(key, remembered);
		const inputKey = inputKeyOf(remembered);
		if (inputKey !== undefined) {
			const same = this.byInput.get(inputKey) ?? new Set();
			this.byInput.set(inputKey, same.add(remembered));
		}
		this.forgetOld();
	}

	/** Notes what RunComfy says of a request, if it is one of these. */
	noteStatus(account: string, job: { family: JobFamily; requestId: string }, status: string): void {
		const request = this.requests.get(keyOf(account, job));
		if (request === undefined || request.status === 'succeeded') return;
		if (FINAL.includes(request.status) && !FINAL.includes(status)) return;
		request.status = status.slice(0, MAX_STATUS_LENGTH);
	}

	/** The requests of an account, newest first. */
	of(account: string): RecentRequest[] {
		this.forgetOld();
		return [...this.requests.values()].filter((request) => request.account === account).reverse();
	}

	/** The requests of an account for the same input that have not ended badly, newest first. */
	withInput(account: string, inputKey: string): RecentRequest[] {
		this.forgetOld();
		const same = this.byInput.get(`${account} ${inputKey}`) ?? [];
		return [...same].filter((request) => !hasEndedBadly(request)).reverse();
	}

	/** They are in the order of their age. */
	private forgetOld(): void {
		const oldest = this.clock.now() - LIFETIME_MS;
		for (const [key, request] of this.requests) {
			if (request.at > oldest && this.requests.size <= this.maxRequests) return;
			this.forget(key);
		}
	}

	private forget(key: string): void {
		const request = this.requests.get(key);
		if (request === undefined) return;
		this.requests.delete(key);
		const inputKey = inputKeyOf(request);
		if (inputKey === undefined) return;
		const same = this.byInput.get(inputKey);
		same?.delete(request);
		if (same?.size === 0) this.byInput.delete(inputKey);
	}
}

function keyOf(account: string, { family, requestId }: { family: JobFamily; requestId: string }): string {
	return `${account} ${family} ${requestId}`;
}

function inputKeyOf({ account, inputKey }: RecentRequest): string | undefined {
	return inputKey === undefined ? undefined : `${account} ${inputKey}`;
}

/** Those of this process. */
export const recentRequests = new RecentRequests(systemClock);
