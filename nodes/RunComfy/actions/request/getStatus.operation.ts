import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { modelJob } from '../../shared/job';
import type { OutputItem } from '../../execution/runItems';
import { readRequestId, requestIdField } from '../parameters/requestIdField';

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['getStatus'] } }, [
	requestIdField,
]);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const requestId = readRequestId(item);
	await item.run.statusRate.acquire(item.signal);
	const { status, rawStatus, response } = await item.run.jobs.readStatus(modelJob(requestId), {
		signal: item.signal,
		rate: item.run.statusRate,
	});
	// n8n takes a top-level "error" for a failed item and would run the node again.
	const { error: failure, ...rest } = response;
	const json = {
		...rest,
		...(failure === undefined || failure === null ? {} : { failure }),
		request_id: requestId,
		status,
		...(status === rawStatus ? {} : { raw_status: rawStatus }),
	} as IDataObject;
	return [{ json }];
}
