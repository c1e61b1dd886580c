import { modelJob, type JobRef } from '../../shared/job';
import type { ApiTransport } from '../../transport/apiTransport';
import { acceptedResponse, cancelResponseOf, resultOf, statusOf, urlIn, MAX_RESULT_BYTES } from '../jobResponses';
import type { AcceptedJob, CallControl, CancelResponse, JobApi, JobResult, JobStatus } from '../jobApi';
import { normaliseStatus } from '../status';
import { modelPath, requestPath } from './paths';

/**
 * Submits one request. This is the paid call.
 *
 * @param body the input of the model as JSON
 * @throws RunComfyFailure; `submit_outcome_unknown` when the request may have been accepted anyway
 */
export async function submitRequest(
	transport: ApiTransport,
	modelId: string,
	body: Buffer,
	control: CallControl = {},
): Promise<AcceptedJob> {
	const outcome = await transport.submit({
		method: 'POST',
		api: 'modelApi',
		path: modelPath(modelId),
		body,
		...control,
	});
	const { requestId, response } = acceptedResponse(outcome, { family: 'model', targetId: modelId });
	const pathOf = (part: 'status' | 'result' | 'cancel') =>
		urlIn(response, part, `${transport.endpoints.modelApi}${requestPath(requestId, part)}`);
	return {
		job: modelJob(requestId, modelId),
		statusUrl: pathOf('status'),
		resultUrl: pathOf('result'),
		cancelUrl: pathOf('cancel'),
		status: typeof response.status === 'string' ? normaliseStatus(response.status) : 'in_queue',
	};
}

/** Requests of the Model API. */
export function modelJobs(transport: ApiTransport): JobApi {
	return {
		readStatus: async (job, control) => await readStatus(transport, job, control),
		readResult: async (job, includeCost, control) => await readResult(transport, job, includeCost, control),
		cancel: async (job, control) => await cancelRequest(transport, job, control),
	};
}

async function readStatus(transport: ApiTransport, job: JobRef, control: CallControl = {}): Promise<JobStatus> {
	const path = requestPath(job.requestId, 'status');
	return statusOf(await transport.read({ method: 'GET', api: 'modelApi', path, ...control }), job);
}

/** With the cost in USD if requested (seen in RunComfy's own client). */
async function readResult(
	transport: ApiTransport,
	job: JobRef,
	includeCost: boolean,
	control: CallControl = {},
): Promise<JobResult | undefined> {
	const outcome = await transport.read({
		method: 'GET',
		api: 'modelApi',
		path: requestPath(job.requestId, 'result'),
		maxResponseBytes: MAX_RESULT_BYTES,
		query: includeCost ? { include_cost: true } : undefined,
		...control,
	});
	return resultOf(outcome, job);
}

async function cancelRequest(transport: ApiTransport, job: JobRef, control: CallControl = {}): Promise<CancelResponse> {
	const path = requestPath(job.requestId, 'cancel');
	return cancelResponseOf(await transport.read({ method: 'POST', api: 'modelApi', path, ...control }), job);
}
