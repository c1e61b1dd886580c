import type { IDataObject } from 'n8n-workflow';

import type { JobResult } from '../../api/jobApi';
import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { unexpectedShape } from '../../failures/apiFailure';
import { outputOf, resultStatus, withTarget, type ResultStatus } from '../../jobs/jobResult';
import { outputKey, type JobRef } from '../../shared/job';
import type { DownloadSettings } from '../parameters/downloadFields';
import { resultFiles } from './resultFiles';

/** What to read of a result. */
export interface ResultSettings {
	includeCost: boolean;
	/** undefined when no files are to be fetched. */
	download: DownloadSettings | undefined;
}

/**
 * Reads the result of a job once (free), and fetches its files if it succeeded. An unfinished or failed job is data.
 *
 * @throws RunComfyFailure
 */
export async function resultItem(
	item: ItemContext,
	job: JobRef,
	{ includeCost, download }: ResultSettings,
): Promise<OutputItem> {
	const { requestId } = job;
	const result = await item.jobs.readResult(job, includeCost, { signal: item.signal });
	if (result === undefined) return { json: { request_id: requestId, status: await unfinishedStatus(item, job) } };
	const status = resultStatus(result);
	if (status === undefined) throw unexpectedShape({ purpose: 'result', requestId, target: job }, 'status');
	return await itemOf(item, withTarget(job, result), status, result, download);
}

/** "Not ready" as an error code does not say whether the job is queued or running, so its status is read. */
async function unfinishedStatus(item: ItemContext, job: JobRef): Promise<ResultStatus> {
	const { status } = await item.run.watcher.readStatus(job, item.signal);
	const known: ResultStatus[] = ['in_queue', 'cancelled', 'failed'];
	return known.find((word) => word === status) ?? 'in_progress';
}

async function itemOf(
	item: ItemContext,
	job: JobRef,
	status: ResultStatus,
	result: JobResult,
	download: DownloadSettings | undefined,
): Promise<OutputItem> {
	// n8n takes a top-level "error" for a failed item and would run the node again.
	const { error: failure, ...fields } = result;
	const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'output' && name !== 'outputs'));
	const sent = outputOf(result);
	const hasSucceeded = status === 'succeeded';
	const fetched = await resultFiles(
		item,
		hasSucceeded ? result : undefined,
		hasSucceeded ? download : undefined,
		job,
	);
	const output = hasSucceeded ? fetched.output : sent;
	const json = {
		...rest,
		request_id: job.requestId,
		status,
		...(failure === undefined || failure === null ? {} : { failure }),
		...(output === undefined ? {} : { [outputKey(job)]: output }),
		...fetched.json,
		...(fetched.warnings.length > 0 ? { warnings: fetched.warnings } : {}),
	} as unknown as IDataObject;
	return { json, binary: fetched.binary };
}
