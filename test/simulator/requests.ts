import { randomUUID } from 'node:crypto';

import type { CatalogModel } from './catalog';
import { generatedMedia } from './media';

/** How a request will go. */
export interface Plan {
	queueMs: number;
	runMs: number;
	outcome: 'succeeded' | 'failed';
	/** What a failed result says; of any type. */
	reason: unknown;
	/** Replaces the generated output. */
	output?: unknown;
	/** USD; by default the base price, and 0 for a failure. */
	cost?: number;
	/** Replaces the word of the status answer, to try words that RunComfy does not document. */
	statusWord?: string;
	/** Replaces the word of the result. */
	resultWord?: string;
}

/** A request that was accepted. */
export interface SimulatedRequest {
	id: string;
	accountName: string;
	model: CatalogModel;
	input: Record<string, unknown>;
	plan: Plan;
	submittedAt: number;
	cancelledAt?: number;
}

export type State = 'in_queue' | 'in_progress' | 'completed' | 'cancelled';

/** The accepted requests and their way through queue and run. */
export class RequestStore {
	readonly all = new Map<string, SimulatedRequest>();

	constructor(
		private readonly now: () => number,
		private readonly filesUrl: () => string,
	) {}

	accept(accountName: string, model: CatalogModel, input: Record<string, unknown>, plan: Plan): SimulatedRequest {
		const request = { id: randomUUID(), accountName, model, input, plan, submittedAt: this.now() };
		this.all.set(request.id, request);
		return request;
	}

	stateOf({ cancelledAt, submittedAt, plan }: SimulatedRequest): State {
		if (cancelledAt !== undefined) return 'cancelled';
		const age = this.now() - submittedAt;
		if (age < plan.queueMs) return 'in_queue';
		return age < plan.queueMs + plan.runMs ? 'in_progress' : 'completed';
	}

	/** Only a queued request can be cancelled; on any other this does nothing (documented). */
	cancel(request: SimulatedRequest): 'cancelled' | 'not_cancellable' {
		if (this.stateOf(request) !== 'in_queue') return 'not_cancellable';
		request.cancelledAt = this.now();
		return 'cancelled';
	}

	statusAnswer(request: SimulatedRequest, apiUrl: string): Record<string, unknown> {
		const state = this.stateOf(request);
		return {
			request_id: request.id,
			status: request.plan.statusWord && state === 'completed' ? request.plan.statusWord : state,
			...(state === 'in_queue' ? { queue_position: this.queuePosition(request) } : {}),
			status_url: `${apiUrl}/v1/requests/${request.id}/status`,
			result_url: `${apiUrl}/v1/requests/${request.id}/result`,
		};
	}

	resultAnswer(request: SimulatedRequest, includeCost: boolean): Record<string, unknown> {
		const { plan, model, submittedAt } = request;
		const state = this.stateOf(request);
		if (state !== 'completed') return { request_id: request.id, status: state };
		const failed = plan.outcome === 'failed';
		return {
			request_id: request.id,
			status: plan.resultWord ?? plan.outcome,
			model_id: model.model_id,
			...(failed ? { error: plan.reason } : { output: plan.output ?? this.outputOf(request) }),
			created_at: new Date(submittedAt).toISOString(),
			finished_at: new Date(submittedAt + plan.queueMs + plan.runMs).toISOString(),
			...(includeCost ? { cost: this.costOf(request) } : {}),
		};
	}

	/** USD that an account's requests cost. A request is paid when it is accepted, and paid back when it fails (inferred). */
	spentBy(accountName: string): number {
		const own = [...this.all.values()].filter((request) => request.accountName === accountName);
		return own.reduce((sum, request) => sum + this.costOf(request), 0);
	}

	private costOf(request: SimulatedRequest): number {
		const { plan, model } = request;
		const state = this.stateOf(request);
		if (state === 'cancelled') return 0;
		const isFree = plan.outcome === 'failed' && state === 'completed';
		return plan.cost ?? (isFree ? 0 : (model.base_price_usd ?? 0));
	}

	private queuePosition(request: SimulatedRequest): number {
		const queued = [...this.all.values()].filter((other) => this.stateOf(other) === 'in_queue');
		return queued.indexOf(request) + 1;
	}

	private outputOf({ id, model, input }: SimulatedRequest): unknown {
		const urlOf = (name: string, index: number) =>
			`${this.filesUrl()}/files/${id}/${index === 0 ? '' : `${index}-`}${name}`;
		return Object.fromEntries(
			Object.entries(generatedMedia(model, input)).map(([key, names]) => [
				key,
				Array.isArray(names) ? names.map(urlOf) : urlOf(names, 0),
			]),
		);
	}
}
