import { deploymentJob } from '../../shared/job';
import type { ApiTransport } from '../../transport/apiTransport';
import { acceptedResponse, urlIn } from '../jobResponses';
import type { AcceptedJob, CallControl } from '../jobApi';
import { normaliseStatus } from '../status';
import { callKnownVersion } from './apiVersion';
import { inferencePath, requestPath, type ApiVersion } from './paths';
import { withoutWebhookUrl } from './webhookSecret';

/** Where RunComfy calls when a request changes. */
export interface Webhook {
	/** Whoever knows it can resume an execution, so no log line, output or failure may hold it. */
	url: string;
	/** Whether it is called for `in_queue` and `in_progress` as well. */
	intermediate?: boolean;
}

/**
 * Submits one request to a deployment. This is what is paid for.
 *
 * @param body JSON: `overrides`, `workflow_api_json`, or the flat input of a LoRA deployment
 * @throws RunComfyFailure; `submit_outcome_unknown` when the request may have been accepted anyway
 */
export async function submitToDeployment(
	transport: ApiTransport,
	deploymentId: string,
	body: Buffer,
	{ webhook, ...control }: CallControl & { webhook?: Webhook } = {},
): Promise<AcceptedJob> {
	let usedVersion: ApiVersion = 'v2';
	const answered = await callKnownVersion(transport, control, async (version) => {
		usedVersion = version;
		const path = `${inferencePath(version, deploymentId)}${queryOf(webhook)}`;
		return await transport.submit({ method: 'POST', api: 'platformApi', path, body, ...control });
	});
	const outcome = webhook ? withoutWebhookUrl(answered, webhook.url, deploymentId) : answered;
	const { requestId, response } = acceptedResponse(outcome, { family: 'deployment', targetId: deploymentId });
	const urlOf = (part: 'status' | 'result' | 'cancel') => {
		const path = requestPath(usedVersion, { deploymentId, requestId }, part);
		return urlIn(response, part, `${transport.endpoints.platformApi}${path}`);
	};
	return {
		job: deploymentJob(requestId, deploymentId),
		statusUrl: urlOf('status'),
		resultUrl: urlOf('result'),
		cancelUrl: urlOf('cancel'),
		status: typeof response.status === 'string' ? normaliseStatus(response.status) : 'in_queue',
	};
}

/** Written here because the URL has a query of its own (documented: an encoded https URL). */
function queryOf(webhook: Webhook | undefined): string {
	if (webhook === undefined) return '';
	const intermediate = webhook.intermediate ? '&webhook_intermediate_status=true' : '';
	return `?webhook=${encodeURIComponent(webhook.url)}${intermediate}`;
}
