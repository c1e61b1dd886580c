import type { IDataObject } from 'n8n-workflow';

import { cancelRequest, type RequestResult } from '../../api/requests';
import { progressLog } from '../../execution/progressLog';
import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';
import { ExecutionStopped, RunComfyFailure } from '../../failures/failure';
import { fetchOutputFiles } from '../../files/fetchOutputFiles';
import { collectOutputUrls } from '../../files/outputUrls';
import { timeoutFailure } from '../../request/outcomeFailures';
import { costOf, modelIdOf } from '../../request/result';
import { waitForResult } from '../../request/waitForResult';
import { readDownloadSettings } from '../shared/downloadFields';

const DEFAULT_MAX_WAIT_SECONDS = 1800;
/** An agent's user sits in a chat and waits: better an id to ask for later. */
const TOOL_MAX_WAIT_SECONDS = 60;
const CANCEL_TIMEOUT_MS = 5_000;

/** A request to be watched to its end. */
export interface PendingRequest {
	requestId: string;
	modelId?: string;
	warnings: string[];
	/** Whether Stop cancels it where the options do not say. */
	cancelOnStopByDefault: boolean;
}

/**
 * Waits for a request, fetches its files and makes the output item.
 *
 * @throws RunComfyFailure; every one carries the request id
 * @throws ExecutionStopped after one cancel was sent, where that is wanted
 */
export async function finishRequest(run: Run, itemIndex: number, pending: PendingRequest): Promise<OutputItem> {
	const log = progressLog(run, itemIndex, pending.requestId);
	try {
		return await waitAndFetch(run, itemIndex, pending, log);
	} catch (error) {
		if (error instanceof ExecutionStopped) {
			const { cancelOnStop = pending.cancelOnStopByDefault } = run.context.getNodeParameter('options', itemIndex, {});
			if (cancelOnStop === true) log.cancelledOnStop(await cancelAfterStop(run, pending.requestId));
		}
		const failure = withRequest(error, pending);
		throw failure;
	}
}

async function waitAndFetch(
	run: Run,
	itemIndex: number,
	pending: PendingRequest,
	log: ReturnType<typeof progressLog>,
): Promise<OutputItem> {
	const { requestId, modelId } = pending;
	const options = run.context.getNodeParameter('options', itemIndex, {});
	const defaultWait = run.isTool ? TOOL_MAX_WAIT_SECONDS : DEFAULT_MAX_WAIT_SECONDS;
	const maxWaitTime = Number(options.maxWaitTime ?? defaultWait);
	const outcome = await waitForResult({
		transport: run.transport,
		clock: run.clock,
		requestId,
		modelId,
		maxWaitTime: Number.isFinite(maxWaitTime) ? Math.max(0, maxWaitTime) : defaultWait,
		includeCost: options.includeCost !== false,
		signal: run.signal,
		onStatus: log.status,
	});
	if (outcome.kind === 'succeeded') return await succeededItem(run, itemIndex, pending, outcome.result);
	const onTimeout = options.onTimeout ?? (run.isTool ? 'return' : 'error');
	if (onTimeout !== 'return') throw timeoutFailure(requestId, modelId, outcome.status, outcome.waitedSeconds);
	return {
		json: {
			request_id: requestId,
			status: outcome.status,
			timed_out: true,
			waited_seconds: outcome.waitedSeconds,
		},
	};
}

async function succeededItem(
	run: Run,
	itemIndex: number,
	pending: PendingRequest,
	result: RequestResult,
): Promise<OutputItem> {
	const { requestId } = pending;
	const modelId = pending.modelId ?? modelIdOf(result);
	const urls = collectOutputUrls(result.output);
	const download = readDownloadSettings(run, itemIndex);
	const fetched = download
		? await fetchOutputFiles(run.context, { ...download, urls, requestId, modelId })
		: undefined;
	const warnings = [...pending.warnings, ...(fetched?.warnings ?? [])];
	for (const warning of fetched?.warnings ?? []) run.hint(warning);
	const json: IDataObject = {
		request_id: requestId,
		...(modelId ? { model_id: modelId } : {}),
		status: 'succeeded',
		output: (result.output ?? null) as IDataObject,
		output_urls: urls.map(({ url }) => url),
		...dates(result),
		...(costOf(result) === undefined ? {} : { cost: costOf(result) }),
		...(fetched ? { files: fetched.files as unknown as IDataObject[] } : {}),
		...(warnings.length > 0 ? { warnings } : {}),
	};
	return fetched && fetched.files.length > 0 ? { json, binary: fetched.binary } : { json };
}

function dates(result: RequestResult): IDataObject {
	const { created_at, finished_at } = result as IDataObject;
	return {
		...(created_at === undefined ? {} : { created_at }),
		...(finished_at === undefined ? {} : { finished_at }),
	};
}

async function cancelAfterStop(run: Run, requestId: string): Promise<string> {
	try {
		const { outcome } = await cancelRequest(run.transport, requestId, AbortSignal.timeout(CANCEL_TIMEOUT_MS));
		return outcome;
	} catch {
		return 'outcome unknown';
	}
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
