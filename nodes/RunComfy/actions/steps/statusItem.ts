import type { IDataObject } from 'n8n-workflow';

import type { ItemContext } from '../../execution/itemContext';
import type { OutputItem } from '../../execution/runItems';
import type { JobRef } from '../../shared/job';

/** Reads the status of a job once (free), as RunComfy sent it with the status normalised. @throws RunComfyFailure */
export async function statusItem(item: ItemContext, job: JobRef): Promise<OutputItem> {
	const { status, rawStatus, response } = await item.run.watcher.readStatus(job, item.signal);
	// n8n takes a top-level "error" for a failed item and would run the node again.
	const { error: failure, ...rest } = response;
	const json = {
		...rest,
		...(failure === undefined || failure === null ? {} : { failure }),
		request_id: job.requestId,
		status,
		...(status === rawStatus ? {} : { raw_status: rawStatus }),
	} as IDataObject;
	return { json };
}
