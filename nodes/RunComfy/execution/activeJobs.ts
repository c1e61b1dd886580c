import type { CancelResponse, JobApi } from '../api/jobApi';
import type { Clock } from '../shared/clock';
import type { JobRef } from '../shared/job';

/** A run that ends waits for its cancels, so they get little time. Milliseconds. */
const CANCEL_LIMIT_MS = 5_000;
/** A cancel may take effect a moment after it was accepted, so the status is read after these pauses. Milliseconds. */
const PROOF_PAUSES_MS = [0, 500, 1_500];

/** A job that RunComfy accepted and whose end this node run has not seen. */
export interface ActiveJob {
	job: JobRef;
	/** Whether Stop cancels it. */
	cancelOnStop: boolean;
	/** Whether this node run submitted it, and may cancel it when the run ends early. */
	isOwn: boolean;
	/** Logs the outcome of a cancel. */
	logCancel: (outcome: CancelOutcome) => void;
}

/** The outcome of a cancel; `unknown` when no response came. */
export type CancelOutcome = CancelResponse['outcome'] | 'unknown';

/** The active jobs of a node run, so that none is forgotten when the run ends before they do. */
export class ActiveJobs {
	private readonly active = new Map<string, ActiveJob>();

	/** Jobs that were still running when their items left the node, after a timeout for example. */
	private readonly released = new Map<string, ActiveJob>();

	private readonly finished = new Set<string>();

	/** Jobs whose cancel after Stop had no effect, or none that is known. */
	private readonly uncancelled = new Set<string>();

	/** Jobs that this run cancelled, as confirmed by their status. */
	readonly cancelledIds = new Set<string>();

	constructor(
		private readonly clock: Clock,
		/** Called for each of those. */
		private readonly onCancelled: (requestId: string) => void = () => {},
	) {}

	add(active: ActiveJob): void {
		const { job } = active;
		this.active.set(job.requestId, job.isReused ? { ...active, cancelOnStop: false, isOwn: false } : active);
	}

	/** It succeeded and only its files are missing, so there is nothing left to cancel. */
	markFinished(requestId: string): void {
		if (this.active.delete(requestId)) this.finished.add(requestId);
	}

	/** Jobs that succeeded but produced no item. */
	get finishedIds(): string[] {
		return [...this.finished];
	}

	/** It has ended, and its item says so. */
	remove(requestId: string): void {
		this.active.delete(requestId);
		this.finished.delete(requestId);
	}

	/** It is still running, and its item says how to fetch it. */
	release(requestId: string): void {
		const request = this.active.get(requestId);
		if (request) this.released.set(requestId, request);
		this.remove(requestId);
	}

	/**
	 * After Stop: sends one cancel for each job, queued or running; RunComfy refuses it for running ones. Jobs that are
	 * added later, because their submit was still in progress, are left for the next call.
	 */
	async cancelAfterStop(jobs: JobApi): Promise<void> {
		await this.cancelAll(jobs, this.active);
	}

	/** After Stop between two tries of Retry On Fail: also cancels jobs whose items have already left the node. */
	async cancelAfterLastTry(jobs: JobApi): Promise<void> {
		await Promise.all([this.cancelAll(jobs, this.active), this.cancelAll(jobs, this.released)]);
	}

	private async cancelAll(jobs: JobApi, active: Map<string, ActiveJob>): Promise<void> {
		const wanted = [...active.values()].filter(({ cancelOnStop }) => cancelOnStop);
		for (const { job } of wanted) active.delete(job.requestId);
		await Promise.all(
			wanted.map(async (request) => {
				const outcome = await this.cancelOne(jobs, request);
				if (outcome !== 'cancelled') this.uncancelled.add(request.job.requestId);
			}),
		);
	}

	/** After Stop: the IDs of jobs that may still be running. */
	get leftRunningIds(): string[] {
		return [...new Set([...this.uncancelled, ...this.active.keys(), ...this.released.keys()])];
	}

	/**
	 * When the first failure ends the run: cancels those that are still queued.
	 *
	 * @returns the IDs of those that are still running, or may be
	 */
	async cancelQueued(jobs: JobApi): Promise<string[]> {
		const own = [...this.active.values()].filter(({ isOwn }) => isOwn);
		const isCancelled = await Promise.all(own.map(async (request) => await this.cancelWithProof(jobs, request)));
		for (const [index, { job }] of own.entries()) if (isCancelled[index]) this.active.delete(job.requestId);
		return own.filter((_active, index) => !isCancelled[index]).map(({ job }) => job.requestId);
	}

	/** A request is forgotten only when its status confirms the cancel; otherwise the next try could pay for it again. */
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
