import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
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
} from '../parameters/downloadFields';
import { readBoolean } from '../parameters/readParameters';
import { readRequestId, requestIdField } from '../parameters/requestIdField';
import { maxConcurrencyOption } from '../parameters/runOptions';
import { includeCostOption } from '../parameters/waitOptions';
import { resultFiles } from '../steps/resultFiles';

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

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const requestId = readRequestId(item);
	const includeCost = readBoolean(item.options.includeCost, includeCostOption);
	const download = readDownloadSettings(item);
	const job = modelJob(requestId);
	const result = await item.run.jobs.readResult(job, includeCost, { signal: item.signal });
	if (result === undefined) return [{ json: { request_id: requestId, status: await unfinishedStatus(item, job) } }];
	const status = resultStatus(result);
	if (status === undefined) throw unexpectedShape({ purpose: 'result', requestId, target: job }, 'status');
	return [await resultItem(item, withTarget(job, result), status, result, download)];
}

/** "Not ready" as an error code does not say whether the request is queued or running, so its status is read. */
async function unfinishedStatus(item: ItemContext, job: JobRef): Promise<ResultStatus> {
	await item.run.statusRate.acquire(item.signal);
	const { status } = await item.run.jobs.readStatus(job, { signal: item.signal, rate: item.run.statusRate });
	const known: ResultStatus[] = ['in_queue', 'cancelled', 'failed'];
	return known.find((word) => word === status) ?? 'in_progress';
}

async function resultItem(
	item: ItemContext,
	job: JobRef,
	status: ResultStatus,
	result: Record<string, unknown>,
	download: DownloadSettings | undefined,
): Promise<OutputItem> {
	// n8n takes a top-level "error" for a failed item and would run the node again.
	const { error: failure, ...rest } = result;
	const hasOutput = status === 'succeeded';
	const {
		json: files,
		output,
		binary,
		warnings,
	} = await resultFiles(item, hasOutput ? result.output : undefined, hasOutput ? download : undefined, job);
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
