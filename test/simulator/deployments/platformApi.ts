import type { Account } from '../accounts';
import { errors } from '../errorBodies';
import type { HabitMemory } from '../habits';
import { answerAbout, type RequestAnswer } from '../requestAnswers';
import type { Plan } from '../requests';
import type { SimulatorSettings } from '../simulator';
import { DeploymentService, type ServiceAnswer } from './deploymentService';
import { objectInfoText } from './objectInfo';
import { objectInfoAnswer, type ObjectInfoAnswer } from './objectInfoAnswer';
import type { DeploymentRequestStore } from './requestStore';
import { isKnownRoute, type DeploymentRoute } from './routes';
import type { DeploymentRequest, DeploymentSettings, SimulatedDeployment } from './types';
import type { WebhookSender } from './webhooks';

/** What the platform API shares with the rest of the simulator. */
interface PlatformContext {
	now: () => number;
	apiUrl: () => string;
	filesUrl: () => string;
	settings: () => SimulatorSettings;
	memory: HabitMemory;
}

/** A call as the platform API reads it. */
interface PlatformCall {
	body: string;
	query: URLSearchParams;
}

/** RunComfy's platform API for deployments, over HTTP. */
export class PlatformApi {
	private readonly service: DeploymentService;

	constructor(
		settings: Partial<DeploymentSettings> | undefined,
		private readonly context: PlatformContext,
	) {
		this.service = new DeploymentService(settings, context.now, context.apiUrl, context.filesUrl);
	}

	get settings(): DeploymentSettings {
		return this.service.settings;
	}

	/** All accounts' deployments. */
	get deployments(): SimulatedDeployment[] {
		return this.service.list;
	}

	get requests(): DeploymentRequestStore {
		return this.service.requests;
	}

	/** Accepted requests, in their order. */
	get accepted(): DeploymentRequest[] {
		return [...this.service.requests.all.values()];
	}

	get webhooks(): WebhookSender {
		return this.service.webhooks;
	}

	/** A deployment, changeable. @throws Error when there is none */
	of(id: string): SimulatedDeployment {
		return this.service.of(id);
	}

	reset(): void {
		this.service.reset();
	}

	/** Whether a file host takes a caller for a program without a name. */
	refusesAgent(headers: Record<string, string>): boolean {
		return this.settings.refusesUnnamedAgents && !/^Mozilla\//.test(headers['user-agent'] ?? '');
	}

	objectInfo(
		{ headers, path }: { headers: Record<string, string>; path: string },
		account: Account | undefined,
	): ObjectInfoAnswer {
		const isElsewhere = (headers.host ?? '').startsWith('localhost');
		const habit = this.refusesAgent(headers) ? 'forbidden' : this.settings.objectInfo;
		const id = path.split('/')[2]?.replace('.json', '');
		const text = this.deployments.find((deployment) => deployment.id === id)?.objectInfo ?? objectInfoText();
		return objectInfoAnswer(habit, { path, text, url: this.context.apiUrl(), account, isElsewhere });
	}

	answer(route: DeploymentRoute, call: PlatformCall, account: Account, nextPlan: () => Plan): RequestAnswer {
		if (!isKnownRoute(route, this.settings)) return { error: errors.noSuchPath };
		const { endpoint, deploymentId, prefix } = route;
		const { query } = call;
		switch (endpoint) {
			case 'deployments':
				return written(this.service.listAnswer(account, query));
			case 'deployment':
				return written(this.service.getAnswer(account, deploymentId, query));
			case 'updateDeployment':
				return written(this.service.updateAnswer(account, deploymentId, parseObject(call.body)));
			case 'submit': {
				const sent = { body: parseObject(call.body), bodyText: call.body, query, prefix };
				return written(this.service.submitAnswer(account, deploymentId, sent, nextPlan));
			}
			default:
				return this.requestAnswer(endpoint as 'status' | 'result' | 'cancel', route, account);
		}
	}

	private requestAnswer(
		endpoint: 'status' | 'result' | 'cancel',
		{ deploymentId, requestId, prefix }: DeploymentRoute,
		account: Account,
	): RequestAnswer {
		const { outage } = this.context.settings();
		const now = this.context.now();
		if (outage && now >= outage.from && now < outage.until)
			return { error: { httpStatus: 503, message: 'Service Unavailable' } };
		const request = this.service.requestOf(account, deploymentId, requestId);
		if (request === undefined) return { error: errors.unknownDeploymentRequest };
		const { requests } = this;
		const requestUrl = `${this.context.apiUrl()}/prod/${prefix}/deployments/${deploymentId}/requests/${requestId}`;
		const asked = {
			id: requestId,
			state: () => requests.stateOf(request),
			statusAnswer: () => requests.statusAnswer(request, requestUrl),
			resultAnswer: () => requests.resultAnswer(request),
			cancel: () => this.cancelAnswer(request),
		};
		return answerAbout(endpoint, asked, this.context.settings(), this.context.memory);
	}

	/** Both shapes that clients know: `status` tells what became of the cancel, or `outcome` does. */
	private cancelAnswer(request: DeploymentRequest): Record<string, unknown> {
		const outcome = this.service.cancel(request);
		if (this.settings.cancelAnswer === 'outcome') return { request_id: request.id, status: 'completed', outcome };
		return { status: outcome === 'cancelled' ? 'cancellation_requested' : outcome };
	}
}

function written(answer: ServiceAnswer): RequestAnswer {
	return 'error' in answer ? answer : { text: JSON.stringify(answer.json), status: answer.status ?? 200 };
}

function parseObject(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null && !Array.isArray(value)
			? (value as Record<string, unknown>)
			: undefined;
	} catch {
		return undefined;
	}
}
