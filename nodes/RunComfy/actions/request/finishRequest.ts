import type { IDataObject } from 'n8n-workflow';

import type { RequestResult } from '../../api/requests';
import { progressLog } from '../../execution/progressLog';
import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';
import { timeoutFailure } from '../../request/outcomeFailures';
import { costOf, modelIdOf } from '../../request/result';
import { RequestWatch } from '../../request/requestWatch';
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
	const { requestId } = pending;
	const log = progressLog(run, itemIndex, requestId);
	const { cancelOnStop, isOwn } = settings;
	run.inFlight.add({ requestId, cancelOnStop, isOwn, logCancel: log.cancelSent });
	try {
		return await waitAndFetch(run, itemIndex, pending, settings, log);
	} catch (error) {
		// The failure names the request, and says how to fetch it where it goes on.
		if (!(error instanceof ExecutionStopped)) run.inFlight.remove(requestId);
		rethrow(withRequest(error, pending));
	}
}

async function waitAndFetch(
	run: Run,
	itemIndex: number,
	pending: PendingRequest,
	settings: FinishSettings,
	log: ReturnType<typeof progressLog>,
): Promise<OutputItem> {
	const { requestId, modelId } = pending;
	const { transport, clock, signal } = run;
	const { maxWaitTime, includeCost, onTimeout, download } = settings;
	const { account } = transport;
	const usualMs = settings.isOwn && modelId ? () => usualRunTime(account, modelId) : undefined;
	const watch = { transport, clock, signal, pace: run.statusPace, requestId, modelId, maxWaitTime, includeCost };
	const outcome = await run.poller.watch(new RequestWatch({ ...watch, usualMs, onStatus: log.status }));
	if (outcome.kind === 'succeeded' && settings.isOwn && modelId) {
		rememberRunTime(account, modelId, outcome.ranMs);
		run.poller.replan();
	}
	if (outcome.kind === 'succeeded') {
		run.inFlight.markFinished(requestId);
		const item = await succeededItem(run, itemIndex, pending, download, outcome.result);
		run.inFlight.remove(requestId);
		return item;
	}
	if (onTimeout === 'error') throw timeoutFailure(requestId, modelId, outcome.status, outcome.waitedSeconds);
	const { status, waitedSeconds } = outcome;
	return { json: { request_id: requestId, status, timed_out: true, waited_seconds: waitedSeconds } };
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
