import { updateDisplayOptions } from 'n8n-workflow';

import { cancelRequest } from '../../api/requests';
import type { Run } from '../../execution/run';
import type { OutputItem } from '../../execution/runItems';
import { readRequestId, requestIdField } from '../shared/requestIdField';

export const description = updateDisplayOptions({ show: { resource: ['request'], operation: ['cancel'] } }, [
	requestIdField,
]);

export async function execute(run: Run, itemIndex: number): Promise<OutputItem[]> {
	const requestId = readRequestId(run, itemIndex);
	const { outcome, status } = await cancelRequest(run.transport, requestId, { signal: run.signal });
	return [{ json: { request_id: requestId, outcome, ...(status === undefined ? {} : { status }) } }];
}
