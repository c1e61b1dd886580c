import { updateDisplayOptions } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import { recentRequests } from '../../execution/recentRequests';
import type { OutputItem } from '../../execution/runItems';
import { jobKeys } from '../../shared/job';
import { listFields, readLimit } from '../parameters/listFields';

export const description = updateDisplayOptions(
	{ show: { resource: ['request'], operation: ['getMany'] } },
	listFields,
);

/** Requests of all API families that this process submitted with the credential. RunComfy isn't asked (it has no call for it). */
export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const limit = readLimit(item);
	const requests = recentRequests.of(item.transport.account);
	return await Promise.resolve(
		requests.slice(0, limit).map(({ accepted, status, submittedAt, workflowId, executionId, itemIndex }) => ({
			json: {
				...jobKeys(accepted.job),
				status,
				submitted_at: submittedAt,
				workflow_id: workflowId ?? null,
				execution_id: executionId,
				item_index: itemIndex,
			},
		})),
	);
}
