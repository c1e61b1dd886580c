import { updateDisplayOptions } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import { deploymentField } from '../parameters/deploymentField';
import { jobKeys } from '../../shared/job';
import { jobOf } from './jobOf';
import { requestIdField } from '../parameters/requestIdField';

export const description = updateDisplayOptions({ show: { resource: ['deploymentRequest'], operation: ['cancel'] } }, [
	deploymentField,
	requestIdField,
]);

export async function execute(item: ItemContext): Promise<OutputItem[]> {
	const job = jobOf(item);
	const { outcome, status } = await item.jobs.cancel(job, { signal: item.signal });
	return [{ json: { ...jobKeys(job), outcome, ...(status === undefined ? {} : { status }) } }];
}
