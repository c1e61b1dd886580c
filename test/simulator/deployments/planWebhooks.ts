import type { DeploymentRequestStore } from './requestStore';
import type { DeploymentRequest, WebhookSettings } from './types';
import type { WebhookSender } from './webhooks';

/** What calls back, and what it tells. */
export interface Callbacks {
	sender: WebhookSender;
	requests: DeploymentRequestStore;
	now: () => number;
	settings: WebhookSettings;
}

/** How late calls come that are out of order. Milliseconds after the end of the request. */
const LATE_MS = { in_progress: 1_000, in_queue: 2_000 };

/** Plans the calls about a request: its end, and its queue and run where that is asked for. */
export function planWebhooks(
	request: DeploymentRequest,
	url: string,
	withIntermediate: boolean,
	callbacks: Callbacks,
): void {
	request.webhookUrl = url;
	const { submittedAt, plan, id, deploymentId } = request;
	const endsAt = submittedAt + plan.queueMs + plan.runMs;
	const unlessCancelled = (payload: () => Record<string, unknown>) => () =>
		request.cancelledAt === undefined ? payload() : undefined;
	const planState = (status: keyof typeof LATE_MS, inOrderAt: number) =>
		callbacks.sender.plan(
			url,
			callbacks.settings.reordered ? endsAt + LATE_MS[status] : inOrderAt,
			unlessCancelled(() => ({
				request_id: id,
				deployment_id: deploymentId,
				status,
				created_at: new Date(submittedAt),
			})),
		);
	if (withIntermediate) {
		planState('in_queue', submittedAt);
		planState('in_progress', submittedAt + plan.queueMs);
	}
	callbacks.sender.plan(
		url,
		endsAt,
		unlessCancelled(() => finalPayload(request, callbacks)),
	);
}

/** Plans the call about a cancel, where the service makes one. */
export function planCancelWebhook(request: DeploymentRequest, callbacks: Callbacks): void {
	if (request.webhookUrl === undefined || !callbacks.settings.onCancel) return;
	callbacks.sender.plan(request.webhookUrl, callbacks.now(), () => finalPayload(request, callbacks));
}

function finalPayload(request: DeploymentRequest, { requests }: Callbacks): Record<string, unknown> {
	return { deployment_id: request.deploymentId, ...requests.resultAnswer(request) };
}
