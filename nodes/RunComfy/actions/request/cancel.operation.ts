import { updateDisplayOptions } from 'n8n-workflow';

import type { Run } from '../../execution/run';
import { modelJob } from '../../shared/job';
import type { OutputItem } from '../../execution/runItems';
import { readRequestId, requestIdField } from '../shared/requestIdField';

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['cancel'] } }, [
	requestIdField,
]);

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const requestId = readRequestId(run, itemIndex);
	const answer = await run.jobs.cancel(modelJob(requestId), { signal: run.signal });
	// The contract knows no third outcome for model requests; the status beside it tells that it was only asked for.
	const outcome = answer.outcome === 'cancellation_requested' ? 'cancelled' : answer.outcome;
	return [{ json: { request_id: requestId, outcome, ...(answer.status === undefined ? {} : { status: answer.status }) } }];
}
