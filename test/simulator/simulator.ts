import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { accountOf, balanceAnswer, createAccounts, type Account } from './accounts';
import { loadCatalog, searchCatalog, type CatalogModel } from './catalog';
import { PlatformApi } from './deployments/platformApi';
import { deploymentRouteOf } from './deployments/routes';
import type { DeploymentSettings } from './deployments/types';
import { errorBody, errors, type ApiError, type ErrorShape } from './errorBodies';
import { FaultSwitch, send, sendWithFault, takesEffect, type Endpoint, type Fault, type PlannedAnswer } from './faults';
import { fileAnswer } from './fileServer';
import { encoded, HabitMemory, PROXY_ANSWERS, type Habits } from './habits';
import { inputError } from './inputCheck';
import { sendLargeFile } from './largeFiles';
import { answerAbout } from './requestAnswers';
import { RequestStore, type Plan, type SimulatedRequest } from './requests';

/** How a simulator is set up. All of it can be changed while it runs. */
export interface SimulatorSettings {
	/** How requests go that have no plan of their own. */
	plan: Plan;
	/** How its own errors are written. */
	errorShape: ErrorShape;
	/** What `/result` says before the end: the state, or HTTP 400 with 400005. Both are known of RunComfy. */
	notReadyAs: 'state' | 'error';
	/** What a submit is answered with: RunComfy documents 200, one of its clients expects 202. */
	submitStatus: number;
	/** Whether the catalog is refused to callers without a token: RunComfy's own clients disagree. */
	catalogAccess: 'token' | 'public';
	/** Whether an account that has spent its balance may go on: nothing says when RunComfy refuses. */
	overdraft: 'allowed' | 'refused';
	/** What the world does besides answering. */
	habits: Habits;
	/** A time in which everything that is asked of a request is answered with 503. Milliseconds since 1970. */
	outage?: { from: number; until: number };
	/** Replaces the word of the status while a request runs. */
	runningWord?: string;
	/** Where result URLs point to; its own address by default. */
	filesUrl?: string;
}

/** What a simulator starts with. */
export type InitialSettings = Partial<SimulatorSettings> & { deployments?: Partial<DeploymentSettings> };

/** One call that came in. */
export interface ReceivedCall {
	endpoint: Endpoint | undefined;
	method: string;
	/** Path with query. */
	path: string;
	headers: Record<string, string>;
	body: string;
	/** Milliseconds since 1970. */
	at: number;
	/** HTTP status of the answer; 0 while or when there is none. */
	status: number;
}

/** A running simulator of RunComfy's Model API, its platform API (balance, deployments) and its file host, on one loopback port. */
export class Simulator {
	readonly settings: SimulatorSettings;
	readonly accounts: Account[] = createAccounts();
	readonly models: CatalogModel[] = loadCatalog();
	readonly faults = new FaultSwitch();
	readonly received: ReceivedCall[] = [];
	private readonly habitMemory = new HabitMemory();
	readonly requests: RequestStore;
	/** Deployments and their requests. */
	readonly platform: PlatformApi;
	/** Plans of the next submits, first come first served. */
	readonly nextPlans: Array<Partial<Plan>> = [];
	url = '';

	private readonly server = createServer((request, response) => {
		void this.handle(request, response);
	});

	constructor(
		{ deployments, ...settings }: InitialSettings = {},
		readonly now: () => number = Date.now,
		private readonly onCall: (call: ReceivedCall) => void = () => {},
	) {
		this.settings = {
			errorShape: 'error_code',
			notReadyAs: 'state',
			submitStatus: 200,
			catalogAccess: 'token',
			overdraft: 'allowed',
			habits: {},
			...settings,
			plan: { queueMs: 0, runMs: 0, outcome: 'succeeded', reason: 'The prompt was refused', ...settings.plan },
		};
		const filesUrl = () => this.settings.filesUrl ?? this.url;
		this.requests = new RequestStore(now, filesUrl);
		this.platform = new PlatformApi(deployments, {
			now,
			apiUrl: () => this.url,
			filesUrl,
			settings: () => this.settings,
			memory: this.habitMemory,
		});
	}

	/** Listens on loopback only. @param port 0 picks a free one */
	async start(port = 0): Promise<this> {
		await new Promise<void>((resolve, reject) => {
			this.server.once('error', reject);
			this.server.listen(port, '127.0.0.1', resolve);
		});
		this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
		return this;
	}

	async stop(): Promise<void> {
		this.platform.reset();
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	/** Forgets what happened, and every fault. */
	reset(): void {
		this.faults.clear();
		this.received.length = 0;
		this.nextPlans.length = 0;
		this.requests.all.clear();
		this.platform.reset();
		this.habitMemory.clear();
		this.settings.habits = {};
	}

	fault(fault: Fault): void {
		this.faults.add(fault);
	}

	/** The calls of an endpoint, in their order. */
	calls(endpoint: Endpoint): ReceivedCall[] {
		return this.received.filter((call) => call.endpoint === endpoint);
	}

	/** Accepted requests, in their order. */
	get accepted(): SimulatedRequest[] {
		return [...this.requests.all.values()];
	}

	private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const body = await readBody(request);
		const target = new URL(request.url ?? '/', 'http://localhost');
		const endpoint = endpointOf(request.method ?? 'GET', target.pathname);
		const call: ReceivedCall = {
			endpoint,
			method: request.method ?? 'GET',
			path: `${target.pathname}${target.search}`,
			headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
			body,
			at: this.now(),
			status: 0,
		};
		if (target.pathname.startsWith('/_simulator/')) {
			send(response, this.control(call, target.pathname));
			return;
		}
		this.received.push(call);
		const fault =
			(endpoint ? this.faults.take(endpoint) : undefined) ?? this.faultOfHabits(endpoint, target.pathname);
		if (fault === undefined && endpoint === 'file' && sendLargeFile(response, target.pathname, call.headers))
			return;
		const objectInfo =
			endpoint === 'objectInfo' && (fault === undefined || takesEffect(fault))
				? this.platform.objectInfo(call, accountOf(this.accounts, call.headers.authorization))
				: undefined;
		const answer =
			objectInfo?.answer ?? (fault === undefined || takesEffect(fault) ? this.answer(call, target) : nothing());
		call.status = fault?.action.type === 'answer' ? fault.action.status : answer.status;
		this.onCall(call);
		const action = fault?.action ?? objectInfo?.action;
		if (action) await sendWithFault(response, answer, action);
		else send(response, encoded(this.settings.habits, answer));
	}

	/** What a proxy in front, or a file that is not there yet, answers in place of the service. */
	private faultOfHabits(endpoint: Endpoint | undefined, path: string): Fault | undefined {
		const { proxyEvery, lateFiles } = this.settings.habits;
		if (endpoint === 'file' && lateFiles && this.habitMemory.isAmongFirst(path, lateFiles.reads)) {
			return { on: endpoint, action: { type: 'answer', status: lateFiles.status, body: '<Error/>' } };
		}
		const isRead = endpoint === 'status' || endpoint === 'result';
		const count = isRead && proxyEvery ? this.habitMemory.isEvery('proxy', proxyEvery) : 0;
		const action = count > 0 ? PROXY_ANSWERS[(count / (proxyEvery ?? 1)) % PROXY_ANSWERS.length] : undefined;
		return endpoint && action ? { on: endpoint, action } : undefined;
	}

	private answer(call: ReceivedCall, target: URL): PlannedAnswer {
		const path = target.pathname;
		if (call.endpoint === 'file' && this.platform.refusesAgent(call.headers))
			return this.error(errors.cdnForbidden);
		if (call.endpoint === 'file' || call.endpoint === 'media') return fileAnswer(path, call.headers);
		const account = accountOf(this.accounts, call.headers.authorization);
		const route = deploymentRouteOf(call.method, path);
		if (account === undefined) {
			const isPublic =
				this.settings.catalogAccess === 'public' && ['models', 'model'].includes(call.endpoint ?? '');
			if (isPublic && call.headers.authorization === undefined) return this.catalogAnswer(path, target);
			return this.error(route ? errors.noPlatformToken : errors.noToken);
		}
		if (route) {
			const nextPlan = () => ({ ...this.settings.plan, ...this.nextPlans.shift() });
			const answer = this.platform.answer(route, { ...call, query: target.searchParams }, account, nextPlan);
			return 'error' in answer ? this.error(answer.error) : text(answer.text, answer.status);
		}
		switch (call.endpoint) {
			case 'balance':
				return json(balanceAnswer(this.balanceOf(account)));
			case 'models':
			case 'model':
				return this.catalogAnswer(path, target);
			case 'submit':
				return this.submit(call, path, account);
			case 'status':
			case 'result':
			case 'cancel':
				return this.requestAnswer(call.endpoint, path, target, account);
			default:
				return this.error(errors.noSuchPath);
		}
	}

	/** What an account has left, with its accepted requests paid. USD. */
	private balanceOf(account: Account): number {
		return account.balanceUsd - this.requests.spentBy(account.name);
	}

	private catalogAnswer(path: string, target: URL): PlannedAnswer {
		if (path === '/v1/models') return json(searchCatalog(this.models, target.searchParams));
		if (path === '/v1/models/categories')
			return json({ categories: [...new Set(this.models.flatMap((model) => model.categories))] });
		const model = this.modelOf(path);
		return model ? json(model) : this.error(errors.unknownModel);
	}

	private submit(call: ReceivedCall, path: string, account: Account): PlannedAnswer {
		const model = this.modelOf(path);
		if (model === undefined) return this.error(errors.unknownModel);
		const isSpent = this.settings.overdraft === 'refused' && this.balanceOf(account) <= 0;
		if (account.balanceUsd <= 0 || isSpent) return this.error(errors.noBalance);
		const input = parseObject(call.body);
		if (input === undefined) {
			return this.error({ httpStatus: 400, errorCode: 422001, message: 'The body has to be a JSON object' });
		}
		const problem = inputError(model.input_schema, input);
		if (problem) return this.error(problem);
		const plan = { ...this.settings.plan, ...this.nextPlans.shift() };
		const accepted = this.requests.accept(account.name, model, input, plan);
		const requestUrl = `${this.url}/v1/requests/${accepted.id}`;
		return json(
			{
				request_id: accepted.id,
				status: 'in_queue',
				status_url: `${requestUrl}/status`,
				result_url: `${requestUrl}/result`,
				cancel_url: `${requestUrl}/cancel`,
			},
			this.settings.submitStatus,
		);
	}

	private requestAnswer(
		endpoint: 'status' | 'result' | 'cancel',
		path: string,
		target: URL,
		account: Account,
	): PlannedAnswer {
		const { outage } = this.settings;
		if (outage && this.now() >= outage.from && this.now() < outage.until)
			return this.error({ httpStatus: 503, message: 'Service Unavailable' });
		const request = this.requests.all.get(decodeURIComponent(path.split('/')[3] ?? ''));
		if (request === undefined) return this.error(errors.unknownRequest);
		if (request.accountName !== account.name) return this.error(errors.foreignRequest);
		const asked = {
			id: request.id,
			state: () => this.requests.stateOf(request),
			statusAnswer: () => this.requests.statusAnswer(request, this.url),
			resultAnswer: () => this.requests.resultAnswer(request, target.searchParams.get('include_cost') === 'true'),
			cancel: () => {
				const outcome = this.requests.cancel(request);
				return { request_id: request.id, status: this.requests.stateOf(request), outcome };
			},
		};
		const answer = answerAbout(endpoint, asked, this.settings, this.habitMemory);
		return 'error' in answer ? this.error(answer.error) : text(answer.text, answer.status);
	}

	private modelOf(path: string): CatalogModel | undefined {
		const id = path.replace('/v1/models/', '').split('/').map(decodeURIComponent).join('/');
		return this.models.find((model) => model.model_id === id);
	}

	private error(error: ApiError): PlannedAnswer {
		const { contentType, body } = errorBody(error, this.settings.errorShape);
		return { status: error.httpStatus, headers: { 'content-type': contentType }, body: Buffer.from(body) };
	}

	/** For tests in another process: faults and plans in, what was received out. */
	private control(call: ReceivedCall, path: string): PlannedAnswer {
		const sent = parseObject(call.body);
		if (path === '/_simulator/received') return json(this.received);
		if (path === '/_simulator/requests')
			return json(this.accepted.map((request) => ({ ...request, model: request.model.model_id })));
		if (path === '/_simulator/deployment-requests') return json([...this.platform.requests.all.values()]);
		if (path === '/_simulator/webhooks') return json(this.platform.webhooks.attempts);
		if (path === '/_simulator/reset') this.reset();
		else if (path === '/_simulator/faults' && sent) this.fault(sent as unknown as Fault);
		else if (path === '/_simulator/plans' && sent) this.nextPlans.push(sent);
		else if (path === '/_simulator/settings' && sent) {
			const { deployments = {}, ...settings } = sent;
			Object.assign(this.settings, settings);
			Object.assign(this.platform.settings, deployments);
		} else return this.error(errors.noSuchPath);
		return json({ done: true });
	}
}

function endpointOf(method: string, path: string): Endpoint | undefined {
	const route = deploymentRouteOf(method, path);
	if (route) return route.endpoint;
	if (path.startsWith('/object_info/')) return 'objectInfo';
	if (path === '/prod/v2/balance') return 'balance';
	if (path.startsWith('/files/inputs/')) return 'media';
	if (path.startsWith('/files/')) return 'file';
	const requestPart = /^\/v1\/requests\/[^/]+\/(status|result|cancel)$/.exec(path)?.[1];
	if (requestPart) return requestPart as Endpoint;
	if (path === '/v1/models' || path === '/v1/models/categories') return 'models';
	if (path.startsWith('/v1/models/')) return method === 'POST' ? 'submit' : 'model';
	return undefined;
}

function json(body: unknown, status = 200): PlannedAnswer {
	return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) };
}

function text(body: string, status: number): PlannedAnswer {
	return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}

function nothing(): PlannedAnswer {
	return { status: 0, headers: {}, body: Buffer.alloc(0) };
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

async function readBody(request: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString('utf8');
}
