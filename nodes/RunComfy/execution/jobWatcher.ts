import type { JobApi, JobResult, JobStatus } from '../api/jobApi';
import { FirstWave } from '../jobs/firstWave';
import { JobWatch, type WatchOptions, type WatchOutcome } from '../jobs/jobWatch';
import { Poller } from '../jobs/poller';
import { rememberRunTime, usualRunTime } from '../jobs/runTimes';
import type { Clock } from '../shared/clock';
import type { JobRef } from '../shared/job';
import { RateLimiter, type RateLimits } from './rateLimiter';

/** Status reads per second that leave a run. Calls can bunch up on their way, so the maximum stays a little below 100. */
export const STATUS_RATE: RateLimits = { initialPerSecond: 25, maxPerSecond: 96 };

/** What all watches of a run share. */
export interface JobWatcherOptions {
	jobs: JobApi;
	clock: Clock;
	/** Whose run times are remembered: a hash, see `ApiTransport`. */
	account: string;
	/** Ends all watches. */
	signal: AbortSignal;
	/** Called when reads have failed for a while. */
	onOutage: () => void;
}

/** How to watch one job; see `WatchOptions` for the units. */
export interface WatchRequest extends Pick<
	WatchOptions,
	'job' | 'isOwn' | 'refusedForMs' | 'maxWaitTime' | 'includeCost' | 'signal' | 'onStatus'
> {
	/** Only then does the wait measure how long the job runs. */
	isJustSubmitted: boolean;
}

/** Reads the status of a run's jobs, and waits for them, at one rate for all items. */
export class JobWatcher {
	private readonly rate: RateLimiter;

	private readonly poller: Poller;

	private readonly firstWave = new FirstWave();

	constructor(private readonly options: JobWatcherOptions) {
		const { clock, signal } = options;
		this.rate = new RateLimiter(clock, STATUS_RATE);
		this.poller = new Poller(clock, this.rate);
		signal.addEventListener('abort', () => this.poller.stop(), { once: true });
	}

	/** Reads the status once, when the rate allows it. @throws RunComfyFailure, ExecutionStopped */
	async readStatus(job: JobRef, signal: AbortSignal): Promise<JobStatus> {
		await this.rate.acquire(signal);
		return await this.options.jobs.readStatus(job, { signal, rate: this.rate });
	}

	/** Reads the result once, when the rate allows it. @returns undefined when it isn't ready @throws RunComfyFailure, ExecutionStopped */
	async readResult(job: JobRef, signal: AbortSignal): Promise<JobResult | undefined> {
		await this.rate.acquire(signal);
		return await this.options.jobs.readResult(job, false, { signal, rate: this.rate });
	}

	/**
	 * Waits until a job has ended or its time is up. What the run of a job that was just submitted took is remembered for
	 * the next ones of the same target.
	 *
	 * @throws RunComfyFailure for a bad end, or reads that keep failing
	 * @throws ExecutionStopped
	 */
	async watch({ isJustSubmitted, ...request }: WatchRequest): Promise<WatchOutcome> {
		const { jobs, clock, account, onOutage } = this.options;
		const { family, targetId } = request.job;
		const target = isJustSubmitted && targetId !== undefined ? `${family} ${targetId}` : undefined;
		const usualMs = target === undefined ? undefined : () => usualRunTime(account, target);
		const waveMember = target === undefined ? undefined : this.firstWave.join(target);
		let hasSucceeded = false;
		try {
			const watch = new JobWatch({ ...request, jobs, clock, rate: this.rate, usualMs, waveMember, onOutage });
			const outcome = await this.poller.watch(watch);
			hasSucceeded = outcome.kind === 'succeeded';
			if (outcome.kind === 'succeeded' && target !== undefined) rememberRunTime(account, target, outcome.ranMs);
			return outcome;
		} finally {
			waveMember?.leave(hasSucceeded);
			if (hasSucceeded && waveMember) this.poller.replan();
		}
	}
}
