import type { IDataObject } from 'n8n-workflow';

import type { RequestResult, RequestStatus } from '../../api/requests';
import type { NormalStatus } from '../../api/status';
import { progressLog } from '../../execution/progressLog';
import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';
import { timeoutFailure } from '../../request/outcomeFailures';
import { costOf, modelIdOf } from '../../request/result';
import { RequestWatch, type WatchOutcome } from '../../request/requestWatch';
import { rememberRunTime, usualRunTime } from '../../request/runTimes';
import { ExecutionStopped, rethrow, RunComfyFailure } from '../../shared/failure';
import { readDownloadSettings, type DownloadSettings } from '../shared/downloadFields';
import { readWaitSettings, type WaitSettings } from '../shared/waitOptions';
import { resultFiles } from './resultFiles';

/** A request to be watched to its end. */
export interface PendingRequest {
	requestId: string;
	modelId?: string;
	/** For the item, and shown on the run already. */
	warnings: string[];
	/** Only then does the wait tell how long the model runs. */
	isJustSubmitted?: boolean;
}

/** How to watch a request, and what to do with its files. */
export interface FinishSettings extends WaitSettings {
	download: DownloadSettings | undefined;
	/** Whether this node run submitted the request. */
	isOwn: boolean;
}

/**
 * Reads the settings of an item, before anything is paid.
 *
 * @param isOwn whether this node run submits the request: Stop cancels it then, unless the options say otherwise
 * @throws RunComfyFailure `invalid_input`
 */
export function readFinishSettings(run: Run, itemIndex: number, isOwn: boolean): FinishSettings {
	return { ...readWaitSettings(run, itemIndex, isOwn), download: readDownloadSettings(run, itemIndex), isOwn };
}

/** How a watched request left: as an item, or still under way. */
export type Finish = { item: OutputItem } | { goesOn: { status: NormalStatus; waitedSeconds: number } };

/**
 * Waits for a request, fetches its files and makes the output item.
 *
 * @throws RunComfyFailure; every one carries the request id
 * @throws ExecutionStopped
 */
export async function finishRequest(
	run: Run,
	itemIndex: number,
	pending: PendingRequest,
	settings: FinishSettings,
): Promise<OutputItem> {
	const finish = await watchAndFetch(run, itemIndex, pending, settings);
	return 'item' in finish ? finish.item : timedOutItem(run, pending, settings, finish.goesOn);
}

/** The item of a request that goes on when the time is up. @throws RunComfyFailure `timeout`, where the author wants it so */
export function timedOutItem(
	run: Run,
	{ requestId, modelId }: PendingRequest,
	{ onTimeout }: FinishSettings,
	{ status, waitedSeconds }: { status: NormalStatus; waitedSeconds: number },
): OutputItem {
	// The item, or the failure, tells how to fetch it.
	run.inFlight.remove(requestId);
	if (onTimeout === 'error') throw timeoutFailure(requestId, modelId, status, waitedSeconds);
	return { json: { request_id: requestId, status, timed_out: true, waited_seconds: waitedSeconds } };
}

/**
 * Watches a request for its time, and makes the item when it succeeds.
 *
 * @throws RunComfyFailure; every one carries the request id
 * @throws ExecutionStopped
 */
export async function watchAndFetch(
	run: Run,
	itemIndex: number,
	pending: PendingRequest,
	settings: FinishSettings,
): Promise<Finish> {
	const { requestId } = pending;
	const { cancelOnStop, isOwn, download } = settings;
	const log = progressLog(run, itemIndex, requestId);
	run.inFlight.add({ requestId, cancelOnStop, isOwn, logCancel: log.cancelSent });
	try {
		const outcome = await watch(run, pending, settings, log.status);
		if (outcome.kind === 'timedOut') return { goesOn: outcome };
		run.inFlight.markFinished(requestId);
		const item = await succeededItem(run, itemIndex, pending, download, outcome.result);
		run.inFlight.remove(requestId);
		return { item };
	} catch (error) {
		// The failure names the request, and says how to fetch it where it goes on.
		if (!(error instanceof ExecutionStopped)) run.inFlight.remove(requestId);
		return rethrow(withRequest(error, pending));
	}
}

async function watch(
	run: Run,
	{ requestId, modelId, isJustSubmitted = false }: PendingRequest,
	{ maxWaitTime, includeCost }: FinishSettings,
	onStatus: (status: RequestStatus) => void,
): Promise<WatchOutcome> {
	const { transport, clock, signal, statusPace: pace } = run;
	const { account } = transport;
	const timedModel = isJustSubmitted ? modelId : undefined;
	const usualMs = timedModel === undefined ? undefined : () => usualRunTime(account, timedModel);
	const options = { transport, clock, signal, pace, requestId, modelId, maxWaitTime, includeCost, usualMs, onStatus };
	const outcome = await run.poller.watch(new RequestWatch(options));
	if (outcome.kind === 'succeeded' && timedModel !== undefined) {
		rememberRunTime(account, timedModel, outcome.ranMs);
		run.poller.replan();
	}
	return outcome;
}

async function succeededItem(
	run: Run,
	itemIndex: number,
	pending: PendingRequest,
	download: DownloadSettings | undefined,
	result: RequestResult,
): Promise<OutputItem> {
	const { requestId } = pending;
	const modelId = pending.modelId ?? modelIdOf(result);
	const { json: files, binary, warnings } = await resultFiles(run, result.output, download, { requestId, modelId, itemIndex });
	const { created_at, finished_at } = result as IDataObject;
	const allWarnings = [...pending.warnings, ...warnings];
	const json: IDataObject = {
		request_id: requestId,
		model_id: modelId,
		status: 'succeeded',
		output: (result.output ?? null) as IDataObject,
		output_urls: files.output_urls,
		created_at,
		finished_at,
		cost: costOf(result),
		files: files.files,
		warnings: allWarnings.length > 0 ? allWarnings : undefined,
	};
	return { json: withoutUnknown(json), binary };
}

function withoutUnknown(json: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([, value]) => value !== undefined));
}

/** Whatever goes wrong after a request was accepted names the request: it may be paid. */
function withRequest(error: unknown, { requestId, modelId }: PendingRequest): unknown {
	if (error instanceof ExecutionStopped) return error;
	if (error instanceof RunComfyFailure) {
		return error.details.model_id ? error : new RunComfyFailure({ ...error.details, model_id: modelId });
	}
	const reason = error instanceof Error ? error.message : String(error);
	return new RunComfyFailure({
		message: `The request was accepted, but its result could not be handled: ${reason} (request ${requestId})`,
		description: 'Nothing is lost: fetch it with Request, Get Result and this Request ID.',
		code: 'unexpected_response',
		request_id: requestId,
		model_id: modelId,
		retryable: true,
		charged: 'unknown',
	});
}
