import type { OutputItem } from '../../execution/runItems';
import { jobKeys } from '../../shared/job';
import type { Submitted } from './submitSafely';

/** The item of a request that was submitted and is not waited for. */
export function submittedItem({ accepted, warnings }: Submitted): OutputItem {
	return {
		json: {
			...jobKeys(accepted.job),
			status: accepted.status,
			status_url: accepted.statusUrl,
			result_url: accepted.resultUrl,
			cancel_url: accepted.cancelUrl,
			...(accepted.job.isReused ? { reused: true } : {}),
			...(warnings.length > 0 ? { warnings } : {}),
		},
	};
}
