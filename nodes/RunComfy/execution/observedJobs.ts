import type { JobApi } from '../api/jobApi';
import { resultStatus } from '../jobs/jobResult';
import type { JobRef } from '../shared/job';

/** Reports every status that is read of a job, for any purpose. */
export function observedJobs(jobs: JobApi, onStatus: (job: JobRef, status: string) => void): JobApi {
	return {
		readStatus: async (job, control) => {
			const status = await jobs.readStatus(job, control);
			onStatus(job, status.status);
			return status;
		},
		readResult: async (job, includeCost, control) => {
			const result = await jobs.readResult(job, includeCost, control);
			const status = result === undefined ? undefined : resultStatus(result);
			if (status !== undefined) onStatus(job, status);
			return result;
		},
		cancel: async (job, control) => {
			const response = await jobs.cancel(job, control);
			if (response.outcome === 'cancelled') onStatus(job, 'cancelled');
			return response;
		},
	};
}
