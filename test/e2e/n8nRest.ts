import axios, { type AxiosInstance } from 'axios';
import type { IDataObject, INodeParameters, INodeTypeNameVersion, IRun, IWorkflowBase } from 'n8n-workflow';
import { Agent } from 'node:http';

import { n8nCommand } from './n8nServer';

/** The owner of an n8n that only this machine can reach. */
export const OWNER = {
	email: 'owner@example.com',
	firstName: 'Local',
	lastName: 'Owner',
	password: 'RunComfy-local-1',
};

export const RUNCOMFY_NODE: INodeTypeNameVersion = { name: 'n8n-nodes-runcomfy.runComfy', version: 1 };

/** A credential as n8n stores it. */
export interface StoredCredential {
	id: string;
	name: string;
	type: string;
}

/** A finished execution as n8n stores it. */
export interface StoredExecution {
	id: string;
	status: string;
	data: IRun['data'];
}

/** Whether the n8n under test is a 1.x. */
export const isN8n1 = () => n8nCommand().version.startsWith('1.');

/** n8n's REST API, as the editor uses it. */
export class N8nRest {
	private constructor(private readonly http: AxiosInstance) {}

	/** Sets the owner up where there is none yet, and logs in. */
	static async login(url: string): Promise<N8nRest> {
		// n8n binds the login cookie to the browser that asked for it.
		const headers = { 'browser-id': 'runcomfy-e2e' };
		const http = axios.create({
			baseURL: `${url}/rest/`,
			headers,
			validateStatus: () => true,
			timeout: 60_000,
			// A busy n8n closes idle connections just when the next call uses them.
			httpAgent: new Agent({ keepAlive: false }),
		});
		const setup = await http.post('owner/setup', OWNER);
		const login = await http.post('login', { emailOrLdapLoginId: OWNER.email, password: OWNER.password });
		if (login.status !== 200) {
			throw new Error(`n8n let nobody in: setup ${setup.status}, login ${login.status}`);
		}
		const cookies = (login.headers['set-cookie'] ?? []).map((cookie) => cookie.split(';')[0]);
		http.defaults.headers.common.Cookie = cookies.join('; ');
		return new N8nRest(http);
	}

	async listCredentials(): Promise<StoredCredential[]> {
		return await this.call('get', 'credentials');
	}

	async createCredential(name: string, data: IDataObject, type = 'runComfyApi'): Promise<StoredCredential> {
		return await this.call('post', 'credentials', { name, type, data });
	}

	async updateCredential(id: string, name: string, data: IDataObject): Promise<StoredCredential> {
		return await this.call('patch', `credentials/${id}`, { name, type: 'runComfyApi', data });
	}

	/** Runs the test of a credential. n8n 1.x tests only what is stored. */
	async testCredential(data: IDataObject): Promise<{ status: string; message: string }> {
		const { id } = isN8n1() ? await this.createCredential('Test', data) : { id: '' };
		const credentials = { id, name: 'Test', type: 'runComfyApi', data };
		return await this.call('post', 'credentials/test', { credentials });
	}

	async listWorkflows(): Promise<Array<{ id: string; name: string }>> {
		return await this.call('get', 'workflows');
	}

	async createWorkflow(workflow: Partial<IWorkflowBase>): Promise<{ id: string }> {
		const { name, nodes, connections, settings, pinData } = workflow;
		return await this.call('post', 'workflows', { name, nodes, connections, settings, pinData, active: false });
	}

	async readWorkflow(id: string): Promise<IWorkflowBase> {
		return await this.call('get', `workflows/${id}`);
	}

	/** Changes a stored workflow, as a person does who saves it. */
	async updateWorkflow(id: string, change: Partial<IWorkflowBase>): Promise<void> {
		const stored = await this.readWorkflow(id);
		await this.call('patch', `workflows/${id}`, { ...stored, ...change });
	}

	/** Publishes a workflow, so that its trigger listens. */
	async activate(id: string): Promise<void> {
		const { versionId } = await this.call<{ versionId: string }>('get', `workflows/${id}`);
		if (isN8n1()) await this.call('patch', `workflows/${id}`, { active: true, versionId });
		else await this.call('post', `workflows/${id}/activate`, { versionId });
	}

	/** All executions of a workflow that are over, with their data. */
	async executionsOf(workflowId: string): Promise<StoredExecution[]> {
		const filter = encodeURIComponent(JSON.stringify({ workflowId }));
		const { results } = await this.call<{ results: Array<{ id: string; status: string }> }>(
			'get',
			`executions?filter=${filter}&limit=100`,
		);
		const over = results.filter(({ status }) => !['new', 'running', 'waiting'].includes(status));
		return await Promise.all(over.map(async ({ id }) => await this.finished(id)));
	}

	/** Asks the node for its lists or fields the way the editor does. */
	async nodeParameters<T>(
		kind: 'resource-locator-results' | 'resource-mapper-fields',
		methodName: string,
		currentNodeParameters: INodeParameters,
		credential: StoredCredential,
		more: IDataObject = {},
	): Promise<T> {
		return await this.call('post', `dynamic-node-parameters/${kind}`, {
			path: kind === 'resource-mapper-fields' ? 'parameters.modelInput' : 'parameters.model',
			methodName,
			nodeTypeAndVersion: RUNCOMFY_NODE,
			currentNodeParameters,
			credentials: { runComfyApi: { id: credential.id, name: credential.name } },
			...more,
		});
	}

	/** Runs a workflow from its trigger. @returns the execution's id */
	async run(workflowId: string, trigger = 'Manual Trigger'): Promise<string> {
		// n8n 1.x wants the whole workflow, which n8n 2.x reads from its database.
		const workflow = isN8n1() ? { workflowData: await this.call('get', `workflows/${workflowId}`) } : {};
		const answer = await this.call<{ executionId: string }>('post', `workflows/${workflowId}/run`, {
			...workflow,
			triggerToStartFrom: { name: trigger },
		});
		return answer.executionId;
	}

	/** Waits for the end of an execution, at most `timeoutMs` milliseconds. */
	async finished(executionId: string, timeoutMs = 60_000): Promise<StoredExecution> {
		const { parse } = await import('flatted');
		const deadline = Date.now() + timeoutMs;
		const read = async () =>
			await this.call<{ id: string; status: string; data: string }>('get', `executions/${executionId}`);
		let execution = await read();
		while (['new', 'running', 'waiting'].includes(execution.status)) {
			if (Date.now() > deadline) throw new Error(`Execution ${executionId} is still ${execution.status}`);
			await new Promise((resolve) => setTimeout(resolve, 250));
			execution = await read();
		}
		return { ...execution, data: parse(execution.data) as IRun['data'] };
	}

	/** Where the form is that an execution waits with, once it does. n8n 2.x signs it. */
	async formUrl(executionId: string, timeoutMs = 60_000): Promise<string> {
		const { parse } = await import('flatted');
		const deadline = Date.now() + timeoutMs;
		while ((await this.status(executionId)) !== 'waiting') {
			if (Date.now() > deadline) throw new Error(`Execution ${executionId} does not wait`);
			await new Promise((resolve) => setTimeout(resolve, 250));
		}
		const { data } = await this.call<{ data: string }>('get', `executions/${executionId}`);
		const { resumeToken } = parse(data) as { resumeToken?: string };
		return `../form-waiting/${executionId}${resumeToken ? `?signature=${resumeToken}` : ''}`;
	}

	/** What a person sees there. */
	async form(url: string): Promise<string> {
		return (await this.http.get<string>(url, { responseType: 'text' })).data;
	}

	/** Sends a form as a browser does. */
	async fillForm(url: string, fields: Record<string, string>): Promise<void> {
		const answer = await this.http.postForm(url, fields);
		if (answer.status !== 200)
			throw new Error(`The form was not taken: ${answer.status} ${String(answer.data).slice(0, 200)}`);
	}

	/** The state of an execution right now, such as `waiting`. */
	async status(executionId: string): Promise<string> {
		return (await this.call<{ status: string }>('get', `executions/${executionId}`)).status;
	}

	/** Runs an execution that failed again, as a person does with Retry. @returns the new execution's id */
	async retry(executionId: string): Promise<string> {
		return (await this.call<{ id: string }>('post', `executions/${executionId}/retry`, { loadWorkflow: false })).id;
	}

	async stop(executionId: string): Promise<void> {
		await this.call('post', `executions/${executionId}/stop`);
	}

	/** Stops all executions that run, and waits until they have: at most `timeoutMs` milliseconds. */
	async stopRunning(timeoutMs: number): Promise<void> {
		const deadline = Date.now() + timeoutMs;
		const filter = encodeURIComponent(JSON.stringify({ status: ['running', 'new'] }));
		const running = async () =>
			(await this.call<{ results: Array<{ id: string }> }>('get', `executions?filter=${filter}`)).results;
		const stopped = await running();
		// One that has just ended by itself needs no stop.
		await Promise.all(stopped.map(async ({ id }) => await this.stop(id).catch(() => undefined)));
		while (Date.now() < deadline && (await running()).length > 0)
			await new Promise((resolve) => setTimeout(resolve, 100));
	}

	/** Reads a file of n8n's binary store, as the editor's download link does. */
	async binary(id: string): Promise<Buffer> {
		const answer = await this.http.get<ArrayBuffer>('binary-data', {
			params: { id, action: 'download' },
			responseType: 'arraybuffer',
		});
		if (answer.status !== 200) throw new Error(`n8n gave no file: ${answer.status}`);
		return Buffer.from(answer.data);
	}

	/** The node types as the editor gets them. */
	async nodeTypes(): Promise<Array<{ name: string; displayName: string; [key: string]: unknown }>> {
		const answer = await this.http.get<Array<{ name: string; displayName: string }>>('../types/nodes.json');
		return answer.data;
	}

	private async call<T>(method: 'get' | 'post' | 'patch', path: string, body?: unknown): Promise<T> {
		const answer = await this.http.request<{ data: T }>({ method, url: path, data: body });
		if (answer.status >= 300) {
			throw new Error(`n8n answered ${method} ${path} with ${answer.status}: ${JSON.stringify(answer.data)}`);
		}
		return answer.data.data;
	}
}
