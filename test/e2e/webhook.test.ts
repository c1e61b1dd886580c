import axios from 'axios';
import type { IDataObject, IWorkflowBase } from 'n8n-workflow';

import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import type { Simulator } from '../simulator/simulator';
import { until } from '../support/until';
import { readExamples, withCredential } from './examples';
import { LocalN8n } from './localN8n';
import { isN8n1, type N8nRest, type StoredCredential } from './n8nRest';

/*
 * RunComfy calls n8n back instead of being polled: the templates in a real n8n. RunComfy calls public https URLs alone, so n8n
 * believes to be at one, and the simulator knows where that is.
 */
const PUBLIC_URL = 'https://hooks.example.com';

let n8n: LocalN8n;
let simulator: Simulator;
let rest: N8nRest;
let credential: StoredCredential;

beforeAll(async () => {
	n8n = await LocalN8n.start({ WEBHOOK_URL: `${PUBLIC_URL}/` });
	({ simulator, rest, credential } = n8n);
}, 240_000);

afterAll(async () => await n8n?.stop());

beforeEach(() => {
	simulator.reset();
	Object.assign(simulator.platform.settings.webhooks, {
		hosts: { [PUBLIC_URL]: n8n.server.url },
		lost: false,
		copies: 1,
		reordered: false,
	});
});

const imported = (file: string): IWorkflowBase =>
	withCredential(
		readExamples().find(({ name }) => name === `RunComfy: ${file}`)!,
		credential,
	);
const calls = () => ['status', 'result'].map((endpoint) => simulator.calls(endpoint as 'status').length);

describe('one request that is waited for by a webhook', () => {
	const start = async (change: (text: string) => string = (text) => text) => {
		const text = JSON.stringify(imported('wait for a webhook'));
		const { id } = await rest.createWorkflow(JSON.parse(change(text)) as IWorkflowBase);
		return await rest.run(id);
	};
	const fetched = async (executionId: string) => {
		const { status, data } = await rest.finished(executionId, 100_000);
		expect([status, data.resultData.error?.message]).toEqual(['success', undefined]);
		return data.resultData.runData.Fetch?.at(-1)?.data?.main?.[0]?.[0]?.json;
	};

	it('is read only when the call has come', async () => {
		simulator.settings.plan.runMs = 6_000;
		const executionId = await start();
		await until('the execution to wait', async () => (await rest.status(executionId)) === 'waiting');
		expect(calls()).toEqual([0, 0]);
		const item = await fetched(executionId);
		simulator.settings.plan.runMs = 0;

		expect(item).toMatchObject({ status: 'succeeded', request_id: simulator.platform.accepted[0]?.id });
		expect(simulator.platform.accepted).toHaveLength(1);
		expect(calls()).toEqual([1, 1]);
	});

	// n8n 1.123 ended such an execution without the nodes behind the Wait node (seen once).
	(isN8n1() ? it.skip : it)(
		'is found by the second call when the first one comes before the execution is stored',
		async () => {
			const item = await fetched(await start());

			expect(item).toMatchObject({ status: 'succeeded' });
			expect(simulator.platform.accepted).toHaveLength(1);
		},
	);

	it('is found at the limit when no call comes', async () => {
		simulator.platform.settings.webhooks.lost = true;
		const item = await fetched(
			await start((text) =>
				text.replace('"resumeAmount":30,"resumeUnit":"minutes"', '"resumeAmount":3,"resumeUnit":"seconds"'),
			),
		);

		expect(item).toMatchObject({ status: 'succeeded' });
		expect(simulator.platform.webhooks.attempts).toHaveLength(0);
	});

	it('leaves its URL in no stored execution and no log', async () => {
		const executionId = await start();
		await fetched(executionId);
		const { data } = await rest.finished(executionId);
		const { url } = simulator.platform.webhooks.attempts[0]!;
		const secret = new URL(url).searchParams.get('signature') ?? url;

		expect(JSON.stringify(data.resultData.runData.Submit)).not.toContain(secret);
		expect(n8n.server.log).not.toContain(secret);
	});
});

describe('requests that were submitted elsewhere', () => {
	// A call is repeated when its answer got lost, so after it was taken in: n8n's Remove Duplicates lets twins pass that come at
	// the very same moment (seen in both majors), which the template's note says.
	it('are collected once each, whatever is sent to the URL', async () => {
		simulator.platform.settings.webhooks.reordered = true;
		const { id } = await rest.createWorkflow(imported('collect finished requests by webhook'));
		await rest.activate(id);
		const hook = `${n8n.server.url}/webhook/runcomfy-finished`;
		await until('the webhook to be there', async () => {
			const { status } = await axios.post(hook, {}, { validateStatus: () => true });
			return status === 200;
		});
		const submit = async () => {
			const path = `/prod/v2/deployments/${DEPLOYMENTS.textToImage}/inference`;
			const query = `webhook=${encodeURIComponent(`${PUBLIC_URL}/webhook/runcomfy-finished`)}&webhook_intermediate_status=true`;
			const body = { overrides: { '6': { inputs: { text: 'elsewhere' } } } };
			const headers = { authorization: `Bearer ${simulator.accounts[0]!.token}` };
			await axios.post(`${simulator.url}${path}?${query}`, body, { headers });
		};
		await submit();
		await submit();
		for (const forged of [
			{ deployment_id: DEPLOYMENTS.textToImage, request_id: 'nobodys' },
			{ request_id: 7 },
			'x',
		])
			await axios.post(hook, forged, { validateStatus: () => true });
		const wanted = simulator.platform.accepted.map((request) => request.id).sort();
		const collected = async () => {
			const executions = await rest.executionsOf(id);
			return executions.flatMap(({ data }) =>
				(data.resultData.runData['Once Each']?.at(-1)?.data?.main?.[0] ?? []).map(({ json }) => json),
			);
		};
		const ids = (items: IDataObject[]) => items.map(({ request_id }) => String(request_id)).sort();
		const executions = async (count: number) =>
			await until('all executions', async () => (await rest.executionsOf(id)).length >= count, 100);
		const { attempts } = simulator.platform.webhooks;
		await until('both to be collected', async () => ids(await collected()).length === 2, 60);
		await until('all calls', () => attempts.length >= 4, 60);
		const calls = attempts.length;
		await executions(4 + calls);
		for (const { payload } of attempts.slice(0, calls)) await axios.post(hook, payload);
		await executions(4 + 2 * calls);

		expect(ids(await collected())).toEqual(wanted);
	});
});
