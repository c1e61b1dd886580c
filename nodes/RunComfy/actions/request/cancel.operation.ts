import { updateDisplayOptions } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { modelJob } from '../../shared/job';
import type { OutputItem } from '../../execution/runItems';
import { readRequestId, requestIdField } from '../parameters/requestIdField';

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['cancel'] } }, [
	requestIdField,
]);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const requestId = readRequestId(item);
	const response = await item.jobs.cancel(modelJob(requestId), { signal: item.signal });
	// Model requests have no third outcome (contract); the status says that the cancel was only requested.
	const outcome = response.outcome === 'cancellation_requested' ? 'cancelled' : response.outcome;
	return [
		{
			json: {
				request_id: requestId,
				outcome,
				...(response.status === undefined ? {} : { status: response.status }),
			},
		},
	];
}
