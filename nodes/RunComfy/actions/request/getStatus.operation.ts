import { updateDisplayOptions, type IDataObject } from 'n8n-workflow';

import type { Run } from '../../execution/run';
import { modelJob } from '../../shared/job';
import type { OutputItem } from '../../execution/runItems';
import { readRequestId, requestIdField } from '../shared/requestIdField';

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['getStatus'] } }, [
	requestIdField,
]);

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const requestId = readRequestId(run, itemIndex);
	await run.statusRate.acquire(run.signal);
	const { status, rawStatus, answer } = await run.jobs.readStatus(modelJob(requestId), { signal: run.signal, rate: run.statusRate });
	// n8n takes a top-level "error" for a failed item and would run the node again.
	const { error: failure, ...rest } = answer;
	const json = {
		...rest,
		...(failure === undefined || failure === null ? {} : { failure }),
		request_id: requestId,
		status,
		...(status === rawStatus ? {} : { raw_status: rawStatus }),
	} as IDataObject;
	return [{ json }];
}
