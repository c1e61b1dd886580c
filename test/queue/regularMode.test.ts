import { LocalN8n } from '../e2e/localN8n';
import type { N8nRest, StoredCredential } from '../e2e/n8nRest';
import type { Simulator } from '../simulator/simulator';
import { until } from '../support/until';
import { printReport, report } from '../support/report';
import { books } from './books';
import { durable, durableDeployments, inProcess, results } from './workflows';

/* One n8n with SQLite, ended by kill -9 in the middle of everything, and started again. */
const MINUTES = 60_000;

let n8n: LocalN8n;
let simulator: Simulator;
let rest: N8nRest;
let credential: StoredCredential;

/** n8n looks through the executions that a crash left behind when it starts, or a little later. */
async function statusAtLast(executionId: string): Promise<string> {
	await until('n8n to give the execution up', async () => (await rest.status(executionId)) !== 'running');
	return await rest.status(executionId);
}

beforeAll(async () => {
	n8n = await LocalN8n.start();
	({ simulator, rest, credential } = n8n);
}, 5 * MINUTES);

afterAll(async () => {
	printReport(['regular mode, SQLite', 'killed', 'submits', 'items', 'twice', 'missing', 'what else']);
	await n8n?.stop();
}, MINUTES);

beforeEach(() => simulator.reset());

describe('the durable wait in regular mode', () => {
	it(
		'goes on by itself after a kill while it waits',
		async () => {
			for (let index = 0; index < 20; index++) simulator.nextPlans.push({ runMs: 2_000 + index * 7_500 });
			const { id } = await rest.createWorkflow(durable(20, credential, simulator));
			const executionId = await rest.run(id);
			await until('the execution to be stored', async () => (await rest.status(executionId)) === 'waiting');
			await n8n.server.kill();
			await n8n.restart();
			const execution = await rest.finished(executionId, 5 * MINUTES);

			expect(execution.status).toBe('success');
			expect(books(simulator, results(execution))).toEqual({
				submits: 20,
				accepted: 20,
				items: 20,
				twice: 0,
				missing: [],
			});
			report('20 items, watched 0 s', 'while waiting', 20, 20, 0, 0, 'resumed automatically');
		},
		8 * MINUTES,
	);

	it(
		'brings fifty requests of a deployment home, too',
		async () => {
			simulator.platform.settings.coldStartMs = 60_000;
			const { id } = await rest.createWorkflow(durableDeployments(50, credential, simulator));
			const executionId = await rest.run(id);
			await until('the execution to be stored', async () => (await rest.status(executionId)) === 'waiting');
			await n8n.server.kill();
			await n8n.restart();
			const execution = await rest.finished(executionId, 5 * MINUTES);
			simulator.platform.settings.coldStartMs = 0;

			expect(execution.status).toBe('success');
			const ids = results(execution).map(({ request_id }) => String(request_id));
			expect(new Set(ids)).toEqual(new Set(simulator.platform.accepted.map((request) => request.id)));
			expect([ids.length, simulator.calls('submit').length]).toEqual([50, 50]);
			report('50 requests of a deployment, watched 0 s', 'while waiting', 50, 50, 0, 0, 'resumed automatically');
		},
		8 * MINUTES,
	);

	it(
		'is given up by n8n after a kill while it submits, and the log names what was accepted',
		async () => {
			simulator.settings.plan.queueMs = 600_000;
			const { id } = await rest.createWorkflow(durable(60, credential, simulator));
			const executionId = await rest.run(id);
			await until('some submits', () => simulator.accepted.length >= 20);
			await n8n.server.kill();
			simulator.settings.plan.queueMs = 0;
			const { accepted } = simulator;
			const named = accepted.filter((request) => n8n.server.log.includes(request.id)).length;
			await n8n.restart();
			const status = await statusAtLast(executionId);

			expect(accepted.length - named).toBeLessThanOrEqual(3);
			expect(simulator.calls('submit').length).toBe(accepted.length);
			expect(status).toBe('crashed');
			report(
				'60 items, watched 0 s',
				'while submitting, before the save',
				accepted.length,
				0,
				0,
				accepted.length,
				`marked as ${status}; ${named} of them in the log`,
			);
		},
		5 * MINUTES,
	);

	it(
		'pays nothing twice when a person retries after a kill while files were fetched',
		async () => {
			for (let index = 0; index < 3; index++) simulator.nextPlans.push({ runMs: 20_000 });
			const { id } = await rest.createWorkflow(durable(3, credential, simulator, { downloadOutput: true }));
			const executionId = await rest.run(id);
			await until('the execution to be stored', async () => (await rest.status(executionId)) === 'waiting');
			simulator.fault({ on: 'file', times: 3, action: { type: 'drip', pieces: 200, everyMs: 500 } });
			await until('a download', () => simulator.calls('file').length > 0, 180);
			await n8n.server.kill();
			// The files are slow only where they are to be met by the kill.
			simulator.faults.clear();
			await n8n.restart();
			const status = await statusAtLast(executionId);
			const retry = await rest.finished(await rest.retry(executionId), 3 * MINUTES);

			expect(retry.status).toBe('success');
			expect(books(simulator, results(retry))).toEqual({
				submits: 3,
				accepted: 3,
				items: 3,
				twice: 0,
				missing: [],
			});
			report(
				'3 items with files',
				'while downloading',
				3,
				3,
				0,
				0,
				`marked as ${status}; Retry returned all items`,
			);
		},
		8 * MINUTES,
	);

	it(
		'and the wait in process: a kill loses the item, and the log names its request',
		async () => {
			simulator.settings.plan.runMs = 10_000;
			const { id } = await rest.createWorkflow(inProcess(5, credential, simulator));
			const executionId = await rest.run(id);
			await until(
				'all to be watched',
				() => new Set(simulator.calls('status').map(({ path }) => path)).size === 5,
			);
			await n8n.server.kill();
			const named = simulator.accepted.filter((request) => n8n.server.log.includes(request.id)).length;
			await n8n.restart();
			const status = await statusAtLast(executionId);
			simulator.settings.plan.runMs = 0;

			expect(named).toBe(5);
			report(
				'5 items in process',
				'while waiting',
				5,
				0,
				0,
				5,
				`marked as ${status}; ${named} of them in the log`,
			);
		},
		5 * MINUTES,
	);
});
