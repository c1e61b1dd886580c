import { jobOf } from '../RunComfy/actions/deploymentRequest/jobOf';
import * as deploymentSubmitAndWait from '../RunComfy/actions/deploymentRequest/submitAndWait.operation';
import { prepareSubmit as prepareDeploymentSubmit } from '../RunComfy/actions/deploymentRequest/submission';
import * as deploymentWait from '../RunComfy/actions/deploymentRequest/wait.operation';
import { readRequestId } from '../RunComfy/actions/parameters/requestIdField';
import * as submitAndWait from '../RunComfy/actions/request/submitAndWait.operation';
import { prepareSubmit } from '../RunComfy/actions/request/submission';
import * as wait from '../RunComfy/actions/request/wait.operation';
import type { PreparedSubmit } from '../RunComfy/actions/steps/submitSafely';
import type { ItemContext } from '../RunComfy/execution/itemContext';
import type { RunPlan } from '../RunComfy/execution/runItems';
import { modelJob, type JobRef } from '../RunComfy/shared/job';

/** How a resource's items get their requests. */
interface FamilyOfJobs {
	/** Reads and checks what is paid for. @throws RunComfyFailure */
	prepareSubmit: (item: ItemContext) => Promise<PreparedSubmit>;
	/** The request that an item names. @throws RunComfyFailure */
	jobOf: (item: ItemContext) => JobRef;
	/** The same operations in process. */
	inProcess: Record<'submitAndWait' | 'wait', RunPlan['work']>;
}

const models: FamilyOfJobs = {
	prepareSubmit,
	jobOf: (item) => modelJob(readRequestId(item)),
	inProcess: { submitAndWait, wait: wait.execute },
};

const deployments: FamilyOfJobs = {
	prepareSubmit: prepareDeploymentSubmit,
	jobOf,
	inProcess: { submitAndWait: deploymentSubmitAndWait, wait: deploymentWait.execute },
};

/** The API family that the node is set to. */
export function familyOf(resource: unknown): FamilyOfJobs {
	return resource === 'deploymentRequest' ? deployments : models;
}
