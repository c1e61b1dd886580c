import { updateDisplayOptions, type IDataObject, type INodeProperties } from 'n8n-workflow';

import { readResult, readStatus } from '../../api/requests';
import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';
import { unexpectedShape } from '../../failures/apiFailure';
import { fetchOutputFiles } from '../../files/fetchOutputFiles';
import { collectOutputUrls } from '../../files/outputUrls';
import { modelIdOf, resultStatus, type ResultStatus } from '../../request/result';
import {
	downloadFields,
	downloadHostsOption,
	downloadKindsOption,
	maxFileSizeOption,
	readDownloadSettings,
} from '../shared/downloadFields';
import { readRequestId, requestIdField } from '../shared/requestIdField';
import { includeCostOption } from '../shared/waitOptions';

const properties: INodeProperties[] = [
	requestIdField,
	...downloadFields,
	{
		displayName: 'Options',
		name: 'options',
		type: 'collection',
		placeholder: 'Add option',
		default: {},
		options: [downloadHostsOption, downloadKindsOption, includeCostOption, maxFileSizeOption],
	},
];

export const description = updateDisplayOptions(
	{ show: { resource: ['request'], operation: ['getResult'] } },
	properties,
);

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const requestId = readRequestId(run, itemIndex);
	const { includeCost = true } = run.context.getNodeParameter('options', itemIndex, {});
	const result = await readResult(run.transport, requestId, includeCost !== false, run.signal);
	if (result === undefined) return [{ json: { request_id: requestId, status: await unfinishedStatus(run, requestId) } }];
	const status = resultStatus(result);
	if (status === undefined) throw unexpectedShape({ purpose: 'result', requestId }, 'status');
	return [await resultItem(run, itemIndex, requestId, status, result)];
}

/** "Not ready" as an error code does not say whether the request is queued or running, so its status is read. */
async function unfinishedStatus(run: Run, requestId: string): Promise<ResultStatus> {
	const { status } = await readStatus(run.transport, requestId, run.signal);
	const known: ResultStatus[] = ['in_queue', 'cancelled', 'failed'];
	return known.find((word) => word === status) ?? 'in_progress';
}

async function resultItem(
	run: Run,
	itemIndex: number,
	requestId: string,
	status: ResultStatus,
	result: Record<string, unknown>,
): Promise<OutputItem> {
	// n8n takes a top-level "error" for a failed item and would run the node again.
	const { error: failure, ...rest } = result;
	const urls = status === 'succeeded' ? collectOutputUrls(result.output) : [];
	const download = status === 'succeeded' ? readDownloadSettings(run, itemIndex) : undefined;
	const fetched = download
		? await fetchOutputFiles(run.context, { ...download, urls, requestId, modelId: modelIdOf(result) })
		: undefined;
	for (const warning of fetched?.warnings ?? []) run.hint(warning);
	const json = {
		...rest,
		request_id: requestId,
		status,
		...(failure === undefined || failure === null ? {} : { failure }),
		output_urls: urls.map(({ url }) => url),
		...(fetched ? { files: fetched.files } : {}),
		...(fetched && fetched.warnings.length > 0 ? { warnings: fetched.warnings } : {}),
	} as unknown as IDataObject;
	return fetched && fetched.files.length > 0 ? { json, binary: fetched.binary } : { json };
}
