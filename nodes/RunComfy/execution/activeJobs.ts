import type { CancelResponse, JobApi } from '../api/jobApi';
import type { Clock } from '../shared/clock';
import type { JobRef } from '../shared/job';

/** A run that ends waits for its cancels, so they get little time. Milliseconds. */
const CANCEL_LIMIT_MS = 5_000;
/** A cancel may take effect a moment after it was accepted: its proof is asked for after these pauses. Milliseconds. */
const PROOF_PAUSES_MS = [0, 500, 1_500];

/** A job that RunComfy accepted and whose end this node run has not seen. */
export interface ActiveJob {
	job: JobRef;
	/** Whether Stop cancels it. */
	cancelOnStop: boolean;
	/** Whether this node run submitted it, and may cancel it when the run ends early. */
	isOwn: boolean;
	/** Writes into the log what became of a cancel. */
	logCancel: (outcome: CancelOutcome) => void;
}

/** What became of a cancel; `unknown` where its answer did not come. */
export type CancelOutcome = CancelResponse['outcome'] | 'unknown';

/** The jobs of a node run that are active, so that none is forgotten when the run ends before they do. */
export class ActiveJobs {
	private readonly active = new Map<string, ActiveJob>();

	/** Those that went on when their items left the node, by a time-out for example. */
	private readonly released = new Map<string, ActiveJob>();

	private readonly finished = new Set<string>();

	/** Those whose status says that a cancel of the run itself ended them. */
	readonly cancelledIds = new Set<string>();

	constructor(
		private readonly clock: Clock,
		/** Told of each of those. */
		private readonly onCancelled: (requestId: string) => void = () => {},
	) {}

	add(active: ActiveJob): void {
		this.active.set(active.job.requestId, active);
	}

	/** It succeeded, and its files are still to be fetched: there is nothing to cancel any more. */
	markFinished(requestId: string): void {
		if (this.active.delete(requestId)) this.finished.add(requestId);
	}

	/** Those that succeeded and whose items did not come about. */
	get finishedIds(): string[] {
		return [...this.finished];
	}

	/** Its end was seen, and its item tells of it. */
	remove(requestId: string): void {
		this.active.delete(requestId);
		this.finished.delete(requestId);
	}

	/** Its item tells how to fetch it, and it goes on. */
	release(requestId: string): void {
		const request = this.active.get(requestId);
		if (request) this.released.set(requestId, request);
		this.remove(requestId);
	}

	/**
	 * After Stop: one cancel for each, queued or running, which RunComfy refuses for the running ones. What joins later,
	 * because its submit was still under way, is left for the next call.
	 */
	async cancelAfterStop(jobs: JobApi): Promise<void> {
		await this.cancelAll(jobs, this.active);
	}

	/** After Stop between two tries of Retry On Fail: also those that went on when their items left the node. */
	async cancelAfterLastTry(jobs: JobApi): Promise<void> {
		await Promise.all([this.cancelAll(jobs, this.active), this.cancelAll(jobs, this.released)]);
	}

	private async cancelAll(jobs: JobApi, active: Map<string, ActiveJob>): Promise<void> {
		const wanted = [...active.values()].filter(({ cancelOnStop }) => cancelOnStop);
		for (const { job } of wanted) active.delete(job.requestId);
		await Promise.all(wanted.map(async (request) => await this.cancelOne(jobs, request)));
	}

	/**
	 * When the first failure ends the run: cancels those that are still queued.
	 *
	 * @returns the ids of those that are still running, or may be
	 */
	async cancelQueued(jobs: JobApi): Promise<string[]> {
		const own = [...this.active.values()].filter(({ isOwn }) => isOwn);
		const isCancelled = await Promise.all(own.map(async (request) => await this.cancelWithProof(jobs, request)));
		for (const [index, { job }] of own.entries()) if (isCancelled[index]) this.active.delete(job.requestId);
		return own.filter((_active, index) => !isCancelled[index]).map(({ job }) => job.requestId);
	}

	/** A request is forgotten only when its status says so: it would be paid again by the next try otherwise. */
	private async cancelWithProof(jobs: JobApi, request: ActiveJob): Promise<boolean> {
		const { job } = request;
		if ((await this.cancelOne(jobs, request)) === 'not_cancellable') return false;
		const deadline = this.clock.now() + CANCEL_LIMIT_MS;
		for (const pauseMs of PROOF_PAUSES_MS) {
			if (pauseMs > 0) await this.clock.sleep(pauseMs);
			const status = await jobs.readStatus(job, { deadline, maxRepeats: 1 }).catch(() => undefined);
			if (status?.status !== 'cancelled') continue;
			this.cancelledIds.add(job.requestId);
			this.onCancelled(job.requestId);
			return true;
		}
		return false;
	}

	private async cancelOne(jobs: JobApi, { job, logCancel }: ActiveJob): Promise<CancelOutcome> {
		const deadline = this.clock.now() + CANCEL_LIMIT_MS;
		const outcome = await jobs.cancel(job, { deadline }).then(
			(response) => response.outcome,
			() => 'unknown' as const,
		);
		logCancel(outcome);
		return outcome;
	}
}
