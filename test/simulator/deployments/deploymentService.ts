import type { Account } from '../accounts';
import { errors, type ApiError } from '../errorBodies';
import type { Plan } from '../requests';
import { applyOverrides } from './applyOverrides';
import { loadDeployments } from './demoDeployments';
import { planCancelWebhook, planWebhooks, type Callbacks } from './planWebhooks';
import { DeploymentRequestStore } from './requestStore';
import {
	DEFAULT_DEPLOYMENT_SETTINGS,
	type DeploymentRequest,
	type DeploymentSettings,
	type Graph,
	type Overrides,
	type SimulatedDeployment,
} from './types';
import { WebhookSender } from './webhooks';

/** What a call is answered with: an error in RunComfy's terms, or JSON. */
export type ServiceAnswer = { error: ApiError } | { json: unknown; status?: number };

/** The platform's deployments and their requests, as a service without HTTP. */
export class DeploymentService {
	readonly settings: DeploymentSettings;
	/** All accounts' deployments. Tests change them at will. */
	list: SimulatedDeployment[] = loadDeployments();
	readonly requests: DeploymentRequestStore;
	readonly webhooks: WebhookSender;
	private readonly initial: DeploymentSettings;

	constructor(
		settings: Partial<DeploymentSettings> = {},
		private readonly now: () => number,
		private readonly apiUrl: () => string,
		filesUrl: () => string,
	) {
		this.initial = structuredClone({ ...DEFAULT_DEPLOYMENT_SETTINGS, ...settings });
		this.settings = structuredClone(this.initial);
		this.requests = new DeploymentRequestStore(now, filesUrl, () => this.settings);
		this.webhooks = new WebhookSender(now, () => this.settings.webhooks);
	}

	/** Forgets all requests and calls back no more; deployments and settings are as at the start. */
	reset(): void {
		Object.assign(this.settings, structuredClone(this.initial));
		this.list = loadDeployments();
		this.requests.clear();
		this.webhooks.clear();
	}

	/** The deployment of an id, changeable. @throws Error when there is none */
	of(id: string): SimulatedDeployment {
		const found = this.list.find((deployment) => deployment.id === id);
		if (found === undefined) throw new Error(`The simulator has no deployment ${id}`);
		return found;
	}

	listAnswer(account: Account, query: URLSearchParams): ServiceAnswer {
		const ids = query.getAll('ids');
		const own = this.list.filter(
			({ accountName, id, refuses }) =>
				accountName === account.name && refuses !== 'deleted' && (ids.length === 0 || ids.includes(id)),
		);
		const deployments = own.map((deployment) => this.describe(deployment, query));
		return { json: this.settings.listShape === 'array' ? deployments : { deployments } };
	}

	getAnswer(account: Account, id: string, query: URLSearchParams): ServiceAnswer {
		const deployment = this.ownOf(account, id);
		return deployment ? { json: this.describe(deployment, query) } : { error: errors.unknownDeployment };
	}

	updateAnswer(account: Account, id: string, changes: Record<string, unknown> | undefined): ServiceAnswer {
		const deployment = this.ownOf(account, id);
		if (deployment === undefined) return { error: errors.unknownDeployment };
		if (typeof changes?.name !== 'string') return { error: validationError(['body', 'name'], 'Field required') };
		const known = ['name', 'is_enabled', 'hardware', 'min_instances', 'max_instances', 'queue_size'];
		for (const [field, value] of Object.entries(changes))
			if ([...known, 'keep_warm_duration_in_seconds', 'workflow_version'].includes(field))
				Object.assign(deployment, { [field]: value });
		deployment.updated_at = new Date(this.now()).toISOString();
		return { json: this.describe(deployment, new URLSearchParams()) };
	}

	/** Answers a submit; an accepted one is remembered with the graph that runs, and calls back when it is asked to. */
	submitAnswer(
		account: Account,
		id: string,
		call: { body: Record<string, unknown> | undefined; bodyText: string; query: URLSearchParams; prefix: string },
		nextPlan: () => Plan,
	): ServiceAnswer {
		const deployment = this.ownOf(account, id, true);
		if (deployment === undefined) return { error: errors.unknownDeployment };
		const refusal = this.refusalOf(deployment, account);
		if (refusal) return { error: { ...refusal, httpStatus: this.settings.refusalStatus } };
		if (call.body === undefined) return { error: validationError(['body'], 'Input should be a valid dictionary') };
		const input = this.inputOf(deployment, call.body);
		if ('error' in input) return input;
		const request = this.requests.accept(
			deployment,
			{ accountName: account.name, bodyText: call.bodyText, ...input },
			nextPlan(),
		);
		const url = call.query.get('webhook') ?? call.body.webhook;
		const intermediate = call.query.get('webhook_intermediate_status') ?? call.body.webhook_intermediate_status;
		if (typeof url === 'string') planWebhooks(request, url, String(intermediate) === 'true', this.callbacks);
		const requestUrl = `${this.apiUrl()}/prod/${call.prefix}/deployments/${id}/requests/${request.id}`;
		return {
			json: {
				request_id: request.id,
				status_url: `${requestUrl}/status`,
				result_url: `${requestUrl}/result`,
				cancel_url: `${requestUrl}/cancel`,
			},
		};
	}

	/** A request of this deployment and account. */
	requestOf(account: Account, deploymentId: string, requestId: string): DeploymentRequest | undefined {
		const request = this.requests.all.get(requestId);
		return request?.deploymentId === deploymentId && request.accountName === account.name ? request : undefined;
	}

	private ownOf(account: Account, id: string, isSubmit = false): SimulatedDeployment | undefined {
		return this.list.find(
			(deployment) =>
				deployment.id === id &&
				deployment.accountName === account.name &&
				(isSubmit || deployment.refuses !== 'deleted'),
		);
	}

	private describe(deployment: SimulatedDeployment, query: URLSearchParams): Record<string, unknown> {
		const { workflow, overrides } = deployment;
		const includes = query.getAll('includes').flatMap((value) => value.split(','));
		const payload = workflow && {
			workflow_api_json: workflow,
			overrides: overrides ?? null,
			object_info_url: `${this.apiUrl()}/object_info/${deployment.id}.json`,
		};
		return {
			...publicFields(deployment),
			...(includes.includes('payload') ? { payload: payload ?? null } : {}),
			...(includes.includes('readme') ? { readme: `# ${deployment.name}` } : {}),
		};
	}

	private refusalOf({ is_enabled, refuses }: SimulatedDeployment, account: Account): ApiError | undefined {
		if (refuses === 'deleted') return errors.deletedDeployment;
		if (refuses === 'insufficient_funds' || account.balanceUsd <= 0) return errors.insufficientFunds;
		return is_enabled ? undefined : errors.disabledDeployment;
	}

	private inputOf(
		deployment: SimulatedDeployment,
		body: Record<string, unknown>,
	): { graph: Graph } | { input: Record<string, unknown> } | { error: ApiError } {
		const { workflow, overrides: saved } = deployment;
		if (workflow === undefined) return { input: body };
		const sent = body.overrides as Overrides | undefined;
		const other = body.workflow_api_json as Graph | undefined;
		if (other) return sent ? { error: validationError(['body'], 'Send one of both') } : { graph: other };
		const isEmpty = sent === undefined || sent === null || Object.keys(sent).length === 0;
		if (isEmpty && this.settings.emptySubmit === 'refused')
			return { error: validationError(['body', 'overrides'], 'overrides missing') };
		const start =
			this.settings.savedOverrides === 'applied' ? applyOverrides(workflow, saved ?? {}).graph : workflow;
		const { graph, problems } = applyOverrides(start, sent ?? {});
		const isRefused = problems.length > 0 && this.settings.unknownNodes === 'refused';
		return isRefused ? { error: { ...validationError([], ''), detail: problems } } : { graph };
	}

	/** Cancels what can be cancelled, and calls back about it where the service does that. */
	cancel(request: DeploymentRequest): 'cancelled' | 'not_cancellable' {
		const outcome = this.requests.cancel(request);
		if (outcome === 'cancelled') planCancelWebhook(request, this.callbacks);
		return outcome;
	}

	private get callbacks(): Callbacks {
		const { webhooks: sender, requests, now } = this;
		return { sender, requests, now, settings: this.settings.webhooks };
	}
}

/** What RunComfy tells of a deployment without being asked for more. */
function publicFields(deployment: SimulatedDeployment): Partial<SimulatedDeployment> {
	const own = ['accountName', 'workflow', 'overrides', 'refuses', 'objectInfo'];
	return Object.fromEntries(Object.entries(deployment).filter(([field]) => !own.includes(field)));
}

function validationError(loc: string[], msg: string): ApiError {
	const detail = [{ loc, msg, type: 'value_error' }];
	return { httpStatus: 422, errorCode: 422001, message: 'Validation error', detail };
}
