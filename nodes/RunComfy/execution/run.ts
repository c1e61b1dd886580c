import type { IExecuteFunctions } from 'n8n-workflow';

import { openJobs } from '../api/families';
import type { JobApi } from '../api/jobApi';
import { systemClock, type Clock } from '../shared/clock';
import { withoutMarkup } from '../shared/text';
import { BYTES_PER_MB } from '../shared/units';
import { openTransport, type ApiTransport, type CallRate } from '../transport/apiTransport';
import { ActiveJobs } from './activeJobs';
import { Budget } from './budget';
import { ByteLimiter } from './byteLimiter';
import { ConcurrencyLimiter } from './concurrencyLimiter';
import type { ItemContext } from './itemContext';
import { JobWatcher } from './jobWatcher';
import { observedJobs } from './observedJobs';
import { logLeftRunning, writeLog } from './progressLog';
import { RateLimiter, type RateLimits } from './rateLimiter';
import { recentRequests } from './recentRequests';
import { SubmissionStore } from './submissionStore';
import { endRetryPause, listenInRetryPause } from '../n8n/retryPause';
import { isCalledByAgent, isToolRun, requireOwnArguments } from '../n8n/toolCall';

/** Submits per second that leave a run. */
const SUBMIT_RATE: RateLimits = { initialPerSecond: 40, maxPerSecond: 96 };

const OUTAGE_HINT =
	"RunComfy didn't respond for a while. The requests kept running, and the node kept waiting for them.";

/** n8n lists hints one below the other, and fails when there are very many. */
const MAX_HINTS = 100;

/** More would share the same bandwidth and hold more memory. */
const DOWNLOADS_AT_ONCE = 4;

/**
 * Limits the bodies of submits in memory across all executions of this process: one with files can take 64 MB.
 * Bytes.
 */
const bodies = new ByteLimiter(64 * BYTES_PER_MB);

/** What all items of one run of the node share. */
export interface Run {
	context: IExecuteFunctions;
	transport: ApiTransport;
	/** Status, result and cancel of jobs of any API family. */
	jobs: JobApi;
	clock: Clock;
	/** Fires on Stop, at n8n's time limit for executions, on shutdown, and when the first failure ends the run. */
	signal: AbortSignal;
	/** Whether n8n ended the execution. */
	wasStopped: () => boolean;
	/** Whether an AI agent runs the node: it gets no files and should not wait long. */
	isTool: boolean;
	/** Reads the status of all requests of the run, and waits for them. */
	watcher: JobWatcher;
	/** Spaces the submits. */
	submitRate: CallRate;
	/** Waits for a turn of the event loop of its own, so that the work of many items does not block n8n. */
	nextTurn(): Promise<void>;
	/** Bounds the memory that the bodies of submits take. */
	bodies: ByteLimiter;
	/** Bounds the file transfers of all items. */
	downloads: ConcurrencyLimiter;
	/** Ends the work on all items, when the first failure ends the run. */
	end: () => void;
	/**
	 * Removes the listener from n8n's signal when all work is done. Where Retry On Fail may follow, Stop is still
	 * handled.
	 */
	close: () => void;
	active: ActiveJobs;
	budget: Budget;
	/** What this node run submitted in this and in earlier tries. */
	submissions: SubmissionStore;
	/** IDs of requests that earlier rounds of the same batch have. */
	requestsBefore: string[];
	/** Shows a hint on the finished run, a warning by default, each text once. */
	hint(message: string, type?: 'info' | 'warning'): void;
}

/** Settings of a whole run, read from its first item. */
export interface RunSettings {
	/** How many items are processed in parallel. */
	maxConcurrency: number;
	/** USD, 0 for none. */
	spendLimit: number;
	/** USD that earlier rounds of the same batch have reserved. */
	plannedBefore?: number;
	/** IDs of requests that they have. */
	requestsBefore?: string[];
	/** Whether the output of an item also gets the fields of its input item. @throws RunComfyFailure `invalid_input` */
	includesInput?: (item: ItemContext) => boolean;
	/** Whether the run ends with a hint that says what it did. */
	isSummarized?: boolean;
}

/**
 * Opens a run with the node's credential.
 *
 * @throws RunComfyFailure when the credential can't be used, or the parameters belong to another call of an agent
 */
export async function openRun(
	context: IExecuteFunctions,
	settings: RunSettings,
	submissions = new SubmissionStore(context),
): Promise<Run> {
	if (isCalledByAgent(context)) requireOwnArguments(context);
	const transport = await openTransport(context, systemClock);
	const jobs = observedJobs(openJobs(transport), (job, status) =>
		recentRequests.noteStatus(transport.account, job, status),
	);
	const ending = new AbortController();
	const end = () => ending.abort();
	const stop = context.getExecutionCancelSignal();
	if (stop) endRetryPause(stop, context.getNode().name);
	if (stop?.aborted) end();
	stop?.addEventListener('abort', end, { once: true });
	const shown = new Set<string>();
	const active = new ActiveJobs(systemClock, (requestId) => submissions.forget(requestId));
	const hint: Run['hint'] = (text, type = 'warning') => {
		const message = withoutMarkup(text);
		if (shown.has(message) || shown.size >= MAX_HINTS) return;
		shown.add(message);
		try {
			context.addExecutionHints({ message, type, location: 'outputPane' });
		} catch (error) {
			// A hint that cannot be shown must not fail a paid request.
			writeLog(context, 'warn', `RunComfy: ${message}`, { reason: String(error) });
		}
	};
	let lastTurn = Promise.resolve();
	return {
		context,
		transport,
		jobs,
		clock: systemClock,
		signal: ending.signal,
		isTool: isToolRun(context),
		active,
		// What earlier tries submitted counts too.
		budget: new Budget(settings.spendLimit, (settings.plannedBefore ?? 0) + submissions.plannedUsd),
		submissions,
		requestsBefore: settings.requestsBefore ?? [],
		watcher: new JobWatcher({
			jobs,
			clock: systemClock,
			account: transport.account,
			signal: ending.signal,
			onOutage: () => hint(OUTAGE_HINT),
		}),
		submitRate: new RateLimiter(systemClock, SUBMIT_RATE),
		nextTurn: async () => {
			lastTurn = lastTurn.then(async () => await systemClock.sleep(0));
			await lastTurn;
		},
		bodies,
		downloads: new ConcurrencyLimiter(DOWNLOADS_AT_ONCE),
		end,
		close: () => {
			stop?.removeEventListener('abort', end);
			const { name, retryOnFail } = context.getNode();
			if (stop && !stop.aborted && retryOnFail === true)
				listenInRetryPause(stop, name, () => {
					void active.cancelAfterLastTry(jobs).then(() => logLeftRunning(context, active.leftRunningIds));
				});
		},
		wasStopped: () => stop?.aborted === true,
		hint,
	};
}
