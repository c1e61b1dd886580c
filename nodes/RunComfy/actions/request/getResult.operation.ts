import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import type { Run } from '../../execution/run';
import { modelJob, type JobRef } from '../../shared/job';
import type { OutputItem } from '../../execution/runItems';
import { unexpectedShape } from '../../failures/apiFailure';
import { withTarget, resultStatus, type ResultStatus } from '../../jobs/jobResult';
import {
	downloadFields,
	downloadHostsOption,
	downloadKindsOption,
	maxFileSizeOption,
	readDownloadSettings,
	type DownloadSettings,
} from '../shared/downloadFields';
import { readBoolean, readOptions } from '../shared/readParameters';
import { readRequestId, requestIdField } from '../shared/requestIdField';
import { maxConcurrencyOption } from '../shared/runOptions';
import { includeCostOption } from '../shared/waitOptions';
import { resultFiles } from './resultFiles';

const properties: INodeProperties[] = [
	requestIdField,
	...downloadFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [downloadHostsOption, downloadKindsOption, includeCostOption, maxConcurrencyOption, maxFileSizeOption],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['request'], operation: ['getResult'] } },
	properties,
);

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const requestId = readRequestId(run, itemIndex);
	const includeCost = readBoolean(readOptions(run, itemIndex).includeCost, 'Include Cost', true);
	const download = readDownloadSettings(run, itemIndex);
	const job = modelJob(requestId);
	const result = await run.jobs.readResult(job, includeCost, { signal: run.signal });
	if (result === undefined) return [{ json: { request_id: requestId, status: await unfinishedStatus(run, job) } }];
	const status = resultStatus(result);
	if (status === undefined) throw unexpectedShape({ purpose: 'result', requestId, target: job }, 'status');
	return [await resultItem(run, itemIndex, withTarget(job, result), status, result, download)];
}

/** "Not ready" as an error code does not say whether the request is queued or running, so its status is read. */
async function unfinishedStatus(run: Run, job: JobRef): Promise<ResultStatus> {
	await run.statusRate.acquire(run.signal);
	const { status } = await run.jobs.readStatus(job, { signal: run.signal, rate: run.statusRate });
	const known: ResultStatus[] = ['in_queue', 'cancelled', 'failed'];
	return known.find((word) => word === status) ?? 'in_progress';
}

async function resultItem(
	run: Run,
	itemIndex: number,
	job: JobRef,
	status: ResultStatus,
	result: Record<string, unknown>,
	download: DownloadSettings | undefined,
): Promise<OutputItem> {
	// n8n takes a top-level "error" for a failed item and would run the node again.
	const { error: failure, ...rest } = result;
	const hasOutput = status === 'succeeded';
	const { json: files, output, binary, warnings } = await resultFiles(run, hasOutput ? result.output : undefined, hasOutput ? download : undefined, { job, itemIndex });
	const json = {
		...rest,
		request_id: job.requestId,
		status,
		...(failure === undefined || failure === null ? {} : { failure }),
		...(hasOutput && output !== undefined ? { output } : {}),
		...files,
		...(warnings.length > 0 ? { warnings } : {}),
	} as unknown as IDataObject;
	return { json, binary };
}
