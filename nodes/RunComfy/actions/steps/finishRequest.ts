import type { IDataObject } from 'n8n-workflow';

import type { JobResult } from '../../api/jobApi';
import type { NormalStatus } from '../../api/status';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { timeoutFailure } from '../../jobs/outcomeFailures';
import { costOf, withTarget } from '../../jobs/jobResult';
import { ExecutionStopped, internalFailure, throwAsIs, RunComfyFailure } from '../../shared/failure';
import { jobKeys, outputKey, type JobRef } from '../../shared/job';
import { readDownloadSettings, type DownloadSettings } from '../parameters/downloadFields';
import { maxWaitTimeOption, readWaitSettings, type WaitSettings } from '../parameters/waitOptions';
import { withNodeTitles } from './nodeTitles';
import { resultFiles } from './resultFiles';

/** A request to wait for. */
export interface PendingRequest {
	job: JobRef;
	/** For the item; already shown on the run. */
	warnings: string[];
	/** Only then does the wait measure how long the job runs. */
	isJustSubmitted?: boolean;
	/** For how long an earlier round of a durable wait has seen reads refused. Milliseconds. */
	refusedForMs?: number;
}

/** How to wait for a request, and what to do with its files. */
export interface FinishSettings extends WaitSettings {
	download: DownloadSettings | undefined;
	/** Whether this node run submitted the request. */
	isOwn: boolean;
}

/**
 * Reads the settings of an item, before anything is paid.
 *
 * @param isOwn whether this node run submits the request; then Stop cancels it unless the options say otherwise
 * @throws RunComfyFailure `invalid_input`
 */
export function readFinishSettings(item: ItemContext, isOwn: boolean, maxWaitTime = maxWaitTimeOption): FinishSettings {
	return { ...readWaitSettings(item, isOwn, maxWaitTime), download: readDownloadSettings(item), isOwn };
}

/** How a wait ended: with an item, or with the request still running. */
export type Finish = { item: OutputItem } | { stillRunning: StillRunning };

/** What is known about a request whose Max Wait Time is over. */
export interface StillRunning {
	status: NormalStatus;
	waitedSeconds: number;
	/** Whether the last reads failed. */
	isUnresponsive: boolean;
	/** For how long reads have been refused, in milliseconds, if they are. */
	refusedForMs?: number;
}

/**
 * Waits for a request, fetches its files and makes the output item.
 *
 * @throws RunComfyFailure; every one carries the request id
 * @throws ExecutionStopped
 */
export async function finishRequest(
	item: ItemContext,
	pending: PendingRequest,
	settings: FinishSettings,
): Promise<OutputItem> {
	const finish = await watchAndFetch(item, pending, settings);
	return 'item' in finish ? finish.item : timedOutItem(item, pending, settings, finish.stillRunning);
}

/**
 * The item of a request that is still running when its time is up.
 *
 * @throws RunComfyFailure `timeout`, if On Timeout is set to an error
 */
export function timedOutItem(
	item: ItemContext,
	{ job }: PendingRequest,
	{ onTimeout }: FinishSettings,
	stillRunning: StillRunning,
): OutputItem {
	// The item, or the failure, tells how to fetch it.
	item.run.active.release(job.requestId);
	if (onTimeout === 'error') throw timeoutFailure(job, stillRunning);
	const { status, waitedSeconds } = stillRunning;
	const reused = job.isReused ? { reused: true } : {};
	return { json: { ...jobKeys(job), status, timed_out: true, waited_seconds: waitedSeconds, ...reused } };
}

/**
 * Waits for a request until its time is up, and makes the item when it succeeds.
 *
 * @throws RunComfyFailure; every one carries the request id
 * @throws ExecutionStopped
 */
export async function watchAndFetch(
	item: ItemContext,
	pending: PendingRequest,
	settings: FinishSettings,
): Promise<Finish> {
	const { job, isJustSubmitted = false, refusedForMs } = pending;
	const { requestId } = job;
	const { cancelOnStop, isOwn, download, maxWaitTime, includeCost } = settings;
	const { active, watcher } = item.run;
	const log = item.logOf(job);
	// What an earlier execution submitted is watched like a request by ID.
	const isOwnHere = isOwn && !job.isReused;
	active.add({ job, cancelOnStop, isOwn: isOwnHere, logCancel: log.cancelSent });
	try {
		const outcome = await watcher.watch({
			job,
			isJustSubmitted: isJustSubmitted && !job.isReused,
			isOwn: isOwnHere,
			refusedForMs,
			maxWaitTime,
			includeCost,
			signal: item.signal,
			onStatus: log.status,
		});
		if (outcome.kind === 'timedOut') return { stillRunning: outcome };
		active.markFinished(requestId);
		const output = await succeededItem(item, pending, download, outcome.result);
		active.remove(requestId);
		return { item: output };
	} catch (error) {
		// The failure names the request, and tells how to fetch it if it is still running.
		if (hasEnded(error)) active.remove(requestId);
		else if (!(error instanceof ExecutionStopped)) active.release(requestId);
		return throwAsIs(withRequest(await withNodeTitles(item, error), pending));
	}
}

const REUSED =
	'An earlier execution submitted this request. To submit a new one, set Reuse Results in Options to Never.';

/** Whether a failure is about the end of the request, and not about reading its status. */
function hasEnded(error: unknown): boolean {
	return (
		error instanceof RunComfyFailure &&
		['generation_failed', 'cancelled', 'download_failed'].includes(error.details.code)
	);
}

async function succeededItem(
	item: ItemContext,
	pending: PendingRequest,
	download: DownloadSettings | undefined,
	result: JobResult,
): Promise<OutputItem> {
	const job = withTarget(pending.job, result);
	const { json: files, output, binary, warnings } = await resultFiles(item, result, download, job);
	const { created_at, finished_at } = result as IDataObject;
	const allWarnings = [...pending.warnings, ...warnings];
	const json: IDataObject = {
		...jobKeys(job),
		status: 'succeeded',
		[outputKey(job)]: output ?? null,
		output_urls: files.output_urls,
		texts: files.texts,
		created_at,
		finished_at,
		cost: costOf(result),
		files: files.files,
		reused: job.isReused,
		warnings: allWarnings.length > 0 ? allWarnings : undefined,
	};
	return { json: withoutUnknown(json), binary };
}

function withoutUnknown(json: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}

/** Every failure after a request was accepted names the request, because it may be charged. */
function withRequest(error: unknown, { job }: PendingRequest): unknown {
	const { requestId } = job;
	if (error instanceof ExecutionStopped) return error;
	if (error instanceof RunComfyFailure) {
		const { details } = error;
		const message = details.message.includes(requestId)
			? details.message
			: `${details.message} (request ${requestId})`;
		const description = job.isReused ? `${details.description ?? ''} ${REUSED}`.trim() : details.description;
		return new RunComfyFailure({ ...jobKeys(job), ...details, message, description, request_id: requestId });
	}
	return internalFailure(error, 'unknown', jobKeys(job));
}
