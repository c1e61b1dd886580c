import type { JobFamily } from '../shared/job';
import type { ApiTransport } from '../transport/apiTransport';
import type { JobApi } from './jobApi';
import { deploymentJobs } from './deployment/deploymentJobs';
import { modelJobs } from './model/modelJobs';

/** The API of all families: each call goes to the family of its job. */
export function openJobs(transport: ApiTransport): JobApi {
	const families: Partial<Record<JobFamily, JobApi>> = {
		deployment: deploymentJobs(transport),
		model: modelJobs(transport),
	};
	const of = (family: JobFamily): JobApi => {
		const api = families[family];
		if (api === undefined) throw new Error(`there is no API for jobs of the family "${family}"`);
		return api;
	};
	return {
		readStatus: async (job, control) => await of(job.family).readStatus(job, control),
		readResult: async (job, includeCost, control) => await of(job.family).readResult(job, includeCost, control),
		cancel: async (job, control) => await of(job.family).cancel(job, control),
	};
}
