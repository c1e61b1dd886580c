import { randomUUID } from 'node:crypto';

import type { Plan, State } from '../requests';
import { loraOutputOf, outputsOf } from './outputs';
import type { DeploymentRequest, DeploymentSettings, SimulatedDeployment } from './types';

/** What a deployment accepts. */
export type Accepted = Pick<DeploymentRequest, 'accountName' | 'bodyText' | 'graph' | 'input'>;

/** The accepted requests of all deployments and their way through cold start, queue and run. */
export class DeploymentRequestStore {
	readonly all = new Map<string, DeploymentRequest>();
	/** Graphs that ran on a deployment, for ComfyUI's cache. */
	private readonly known = new Set<string>();

	constructor(
		private readonly now: () => number,
		private readonly filesUrl: () => string,
		private readonly settings: () => DeploymentSettings,
	) {}

	accept(deployment: SimulatedDeployment, accepted: Accepted, plan: Plan): DeploymentRequest {
		const key = `${deployment.id} ${JSON.stringify(accepted.graph)}`;
		const isCached = this.settings().cache === 'on' && accepted.graph !== undefined && this.known.has(key);
		this.known.add(key);
		const coldStartMs = this.isWarm(deployment) ? 0 : this.settings().coldStartMs;
		const request = {
			...accepted,
			id: randomUUID(),
			deploymentId: deployment.id,
			plan: { ...plan, queueMs: plan.queueMs + coldStartMs },
			submittedAt: this.now(),
			isCached,
		};
		this.all.set(request.id, request);
		return request;
	}

	clear(): void {
		this.all.clear();
		this.known.clear();
	}

	stateOf({ cancelledAt, submittedAt, plan }: DeploymentRequest): State {
		if (cancelledAt !== undefined) return 'cancelled';
		const age = this.now() - submittedAt;
		if (age < plan.queueMs) return 'in_queue';
		return age < plan.queueMs + plan.runMs ? 'in_progress' : 'completed';
	}

	cancel(request: DeploymentRequest): 'cancelled' | 'not_cancellable' {
		const state = this.stateOf(request);
		const isCancellable =
			state === 'in_queue' || (state === 'in_progress' && this.settings().runningCancel === 'accepted');
		if (!isCancellable) return 'not_cancellable';
		request.cancelledAt = this.now();
		return 'cancelled';
	}

	statusAnswer(request: DeploymentRequest, requestUrl: string): Record<string, unknown> {
		const state = this.stateOf(request);
		const { completedWord, cancelledWord } = this.settings();
		const word = { in_queue: state, in_progress: state, completed: completedWord, cancelled: cancelledWord }[state];
		const queued = [...this.all.values()].filter(
			(other) => other.deploymentId === request.deploymentId && this.stateOf(other) === 'in_queue',
		);
		return {
			request_id: request.id,
			status: request.plan.statusWord && state === 'completed' ? request.plan.statusWord : word,
			...(state === 'in_queue' ? { queue_position: queued.indexOf(request) + 1 } : {}),
			...(state === 'in_progress' ? { instance_id: `instance-of-${request.deploymentId}` } : {}),
			status_url: `${requestUrl}/status`,
			result_url: `${requestUrl}/result`,
			...this.repeatedWebhook(request),
		};
	}

	resultAnswer(request: DeploymentRequest): Record<string, unknown> {
		const { plan, submittedAt, id: request_id } = request;
		const state = this.stateOf(request);
		if (state === 'cancelled') return { request_id, status: this.settings().cancelledWord };
		if (state !== 'completed') return { request_id, status: state };
		const filesUrl = this.filesUrl();
		const outputs = request.graph ? outputsOf(request, filesUrl) : loraOutputOf(request, filesUrl);
		return {
			request_id,
			status: plan.resultWord ?? plan.outcome,
			...(plan.outcome === 'failed'
				? { error: failureOf(plan.reason, this.settings().errorAs) }
				: { [request.graph ? 'outputs' : 'output']: 'output' in plan ? plan.output : outputs }),
			created_at: dateText(submittedAt),
			finished_at: dateText(submittedAt + plan.queueMs + plan.runMs),
			instance_id: `instance-of-${request.deploymentId}`,
			...this.repeatedWebhook(request),
		};
	}

	private repeatedWebhook({ webhookUrl }: DeploymentRequest): Record<string, unknown> {
		if (!this.settings().repeatsWebhook || webhookUrl === undefined) return {};
		return { webhook: webhookUrl, webhook_url: webhookUrl };
	}

	/** An instance is up while it is kept so, while it works, and for some time after that. */
	private isWarm({ id, min_instances, keep_warm_duration_in_seconds: seconds }: SimulatedDeployment): boolean {
		if (min_instances > 0) return true;
		return [...this.all.values()].some(({ deploymentId, submittedAt, plan, cancelledAt }) => {
			const end = cancelledAt ?? submittedAt + plan.queueMs + plan.runMs;
			return deploymentId === id && this.now() < end + seconds * 1_000;
		});
	}
}

/** Dates of results have microseconds and an offset (seen in third-party code). */
function dateText(at: number): string {
	return new Date(at).toISOString().replace('Z', '000+00:00');
}

/** A reason in one of the shapes in which clients saw it; what is no text is sent as it is. */
function failureOf(reason: unknown, shape: DeploymentSettings['errorAs']): unknown {
	if (typeof reason !== 'string' || shape === 'text') return reason;
	if (shape === 'list') return [{ errorCode: 'EXECUTION_FAILED', error: reason, debugInfo: 'node 3' }];
	if (shape === 'object') return { type: 'execution_error', message: reason };
	return {
		type: 'prompt_outputs_failed_validation',
		message: 'Prompt outputs failed validation',
		node_errors: {
			'3': {
				class_type: 'KSampler',
				errors: [
					{
						type: 'value_not_in_list',
						message: 'Value not in list',
						details: reason,
						extra_info: { input_name: 'sampler_name', received_value: 'nope' },
					},
				],
				dependent_outputs: ['9'],
			},
		},
	};
}
