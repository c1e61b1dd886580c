import { invalidInput } from '../../shared/failure';
import type { JobRef } from '../../shared/job';
import type { ApiTransport } from '../../transport/apiTransport';
import { cancelResponseOf, MAX_RESULT_BYTES, resultOf, statusOf } from '../jobResponses';
import type { CallControl, CancelResponse, JobApi, JobResult, JobStatus } from '../jobApi';
import { isKnownStatus, normaliseStatus } from '../status';
import { callKnownVersion } from './apiVersion';
import { requestPath } from './paths';
import { withoutWebhookFields } from './webhookSecret';

/** Requests of deployments. */
export function deploymentJobs(transport: ApiTransport): JobApi {
	return {
		readStatus: async (job, control) => await readStatus(transport, job, control),
		// No client ever saw a cost in such a result (seen), so none is asked for.
		readResult: async (job, _includeCost, control) => await readResult(transport, job, control),
		cancel: async (job, control) => await cancelRequest(transport, job, control),
	};
}

async function readStatus(transport: ApiTransport, job: JobRef, control: CallControl = {}): Promise<JobStatus> {
	return statusOf(await readPart(transport, job, 'GET', 'status', control), job);
}

async function readResult(
	transport: ApiTransport,
	job: JobRef,
	control: CallControl = {},
): Promise<JobResult | undefined> {
	return resultOf(await readPart(transport, job, 'GET', 'result', control), job);
}

async function cancelRequest(transport: ApiTransport, job: JobRef, control: CallControl = {}): Promise<CancelResponse> {
	const response = cancelResponseOf(await readPart(transport, job, 'POST', 'cancel', control), job);
	// `status: "completed"` beside `outcome: "cancelled"` is that of the call (documented), not of the request.
	if (response.outcome === 'cancelled') return { outcome: response.outcome, status: 'cancelled' };
	const status = response.status === undefined ? undefined : normaliseStatus(response.status);
	return { outcome: response.outcome, ...(status !== undefined && isKnownStatus(status) ? { status } : {}) };
}

async function readPart(
	transport: ApiTransport,
	job: JobRef,
	method: 'GET' | 'POST',
	part: 'status' | 'result' | 'cancel',
	control: CallControl,
) {
	const ids = { deploymentId: deploymentIdOf(job), requestId: job.requestId };
	const outcome = await callKnownVersion(
		transport,
		control,
		async (version) =>
			await transport.read({
				method,
				api: 'platformApi',
				path: requestPath(version, ids, part),
				...(part === 'result' ? { maxResponseBytes: MAX_RESULT_BYTES } : {}),
				...control,
			}),
	);
	return withoutWebhookFields(outcome);
}

/** Unlike the Model API, this one knows a request only under its deployment (documented). */
function deploymentIdOf({ targetId }: JobRef): string {
	if (targetId !== undefined && targetId !== '') return targetId;
	throw invalidInput(
		'No deployment is selected',
		'A request of a deployment can only be read with the ID of its deployment. Select the deployment from the list.',
	);
}
