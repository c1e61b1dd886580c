import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { storeCredential } from '../e2e/localN8n';
import { N8nRest, type StoredCredential } from '../e2e/n8nRest';
import { N8nServer, type N8nRole } from '../e2e/n8nServer';
import { freePort } from '../e2e/ports';
import { readMedia } from '../simulator/media';
import { Simulator } from '../simulator/simulator';
import { until } from '../support/until';
import { printReport, report } from '../support/report';
import { books } from './books';
import { Services } from './services';
import { durable, inProcess, items, quick, results } from './workflows';

/*
 * n8n's own scale-out: PostgreSQL, Redis, a main process, two workers with two slots each, and a webhook process, all with
 * the packed package. Processes are killed as a power cut does it, and started again.
 */
const SLOTS = 2;
const MINUTES = 60_000;

let services: Services;
let simulator: Simulator;
let folder: string;
let rest: N8nRest;
let credential: StoredCredential;
const processes = new Map<string, N8nServer>();
const ports = new Map<string, number>();

async function startProcess(name: string, role: N8nRole, args: string[] = []): Promise<void> {
	const port = ports.get(name) ?? (await freePort());
	ports.set(name, port);
	const settings = {
		userFolder: folder,
		port,
		role,
		args,
		env: services.environment,
		installs: ports.size === 1,
		logName: name,
	};
	processes.set(name, await N8nServer.start(settings));
}

const startWorker = async (name: string) => await startProcess(name, 'worker', [`--concurrency=${SLOTS}`]);
const kill = async (name: string) => await processes.get(name)?.kill();
/** The worker whose log names a request: the one that ran the execution. */
const workerOf = (requestId: string) =>
	['worker 1', 'worker 2'].find((name) => processes.get(name)?.log.includes(requestId));

const isWaiting = (id: string) => async () => (await rest.status(id)) === 'waiting';

beforeAll(async () => {
	simulator = await new Simulator().start();
	services = await Services.start();
	folder = mkdtempSync(join(tmpdir(), 'runcomfy-queue-'));
	await startProcess('main', 'start');
	await Promise.all([startWorker('worker 1'), startWorker('worker 2'), startProcess('webhook', 'webhook')]);
	rest = await N8nRest.login(processes.get('main')!.url);
	credential = await storeCredential(rest, simulator);
}, 5 * MINUTES);

afterAll(async () => {
	printReport(['queue mode', 'killed', 'submits', 'items', 'twice', 'missing', 'what else']);
	for (const server of processes.values()) await server.stop();
	await services?.stop();
	await simulator?.stop();
	if (folder) rmSync(folder, { recursive: true, force: true });
}, MINUTES);

beforeEach(() => simulator.reset());

describe('the durable wait in queue mode', () => {
	it(
		'brings 60 items home when main and a worker are killed while it waits',
		async () => {
			for (let index = 0; index < 60; index++)
				simulator.nextPlans.push({ queueMs: (index % 3) * 2_000, runMs: 1_000 + index * 2_500 });
			const { id } = await rest.createWorkflow(durable(60, credential, simulator));
			const executionId = await rest.run(id);
			await until('60 accepted requests', () => simulator.accepted.length === 60);
			await until('the execution to be stored', isWaiting(executionId));
			await Promise.all([kill('main'), kill('worker 1')]);
			await Promise.all([startProcess('main', 'start'), startWorker('worker 1')]);
			const execution = await rest.finished(executionId, 5 * MINUTES);

			expect(execution.status).toBe('success');
			const sums = books(simulator, results(execution));
			expect(sums).toEqual({ submits: 60, accepted: 60, items: 60, twice: 0, missing: [] });
			expect(results(execution).map(({ name }) => name)).toEqual(items(60).map(({ json }) => json.name));
			report('60 items, watched 0 s', 'main and a worker, while waiting', 60, 60, 0, 0, 'resumed automatically');
		},
		8 * MINUTES,
	);

	it(
		'tells in the log what a kill between the answer of a submit and the save can lose',
		async () => {
			simulator.settings.plan.queueMs = 600_000;
			const { id } = await rest.createWorkflow(durable(60, credential, simulator));
			const startedAt = Date.now();
			await rest.run(id);
			await until('half of the submits', () => simulator.accepted.length >= 30);
			const worker = workerOf(simulator.accepted[0]!.id)!;
			await kill(worker);
			const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
			await new Promise((resolve) => setTimeout(resolve, 1_000));
			simulator.settings.plan.queueMs = 0;

			const { log } = processes.get(worker)!;
			const named = simulator.accepted.filter((request) => log.includes(request.id));
			// The last submits may have been answered in the very moment of the kill.
			expect(simulator.accepted.length - named.length).toBeLessThanOrEqual(3);
			expect(simulator.calls('submit').length).toBe(simulator.accepted.length);
			report(
				'60 items, watched 0 s',
				`their worker, ${seconds} s after the start, before the save`,
				simulator.accepted.length,
				0,
				0,
				simulator.accepted.length,
				`${named.length} of them in the log`,
			);
			await startWorker(worker);
		},
		3 * MINUTES,
	);

	it(
		'measures that window: from the first accepted request to the stored execution',
		async () => {
			simulator.settings.plan.queueMs = 200_000;
			const { id } = await rest.createWorkflow(durable(60, credential, simulator));
			const executionId = await rest.run(id);
			await until('the first accepted request', () => simulator.accepted.length > 0);
			const firstAt = Date.now();
			await until('the execution to be stored', isWaiting(executionId));
			const windowMs = Date.now() - firstAt;
			simulator.settings.plan.queueMs = 0;
			await rest.stop(executionId);

			expect(simulator.accepted).toHaveLength(60);
			// A waiting execution runs no code that could cancel anything: its requests go on, as the docs say.
			expect(simulator.calls('cancel')).toHaveLength(0);
			report(
				'60 items, watched 0 s',
				'nothing; Stop while waiting',
				60,
				0,
				0,
				60,
				`unsaved for ${(windowMs / 1000).toFixed(1)} s; Stop cancelled nothing`,
			);
		},
		3 * MINUTES,
	);

	it(
		'pays nothing twice when a person retries after a kill while files were fetched',
		async () => {
			for (let index = 0; index < 3; index++) simulator.nextPlans.push({ runMs: 20_000 });
			const { id } = await rest.createWorkflow(durable(3, credential, simulator, { downloadOutput: true }));
			const executionId = await rest.run(id);
			await until('the execution to be stored', isWaiting(executionId));
			simulator.fault({ on: 'file', times: 3, action: { type: 'drip', pieces: 200, everyMs: 500 } });
			await until('a download', () => simulator.calls('file').length > 0, 180);
			const worker = ['worker 1', 'worker 2'].find((name) => /downloading file/.test(processes.get(name)!.log))!;
			await kill(worker);
			// The files are slow only where they are to be met by the kill.
			simulator.faults.clear();
			await startWorker(worker);
			await until(
				'the execution to be given up',
				async () => !['running', 'waiting', 'new'].includes(await rest.status(executionId)),
				300,
			);
			const status = await rest.status(executionId);
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
				'their worker, while downloading',
				3,
				3,
				0,
				0,
				`marked as ${status}; Retry returned all items`,
			);
		},
		10 * MINUTES,
	);

	it(
		'keeps no worker busy: 40 executions wait while another workflow runs',
		async () => {
			simulator.settings.plan.runMs = 600_000;
			const waiting = await rest.createWorkflow(durable(1, credential, simulator));
			const ids: string[] = [];
			for (let index = 0; index < 40; index++) ids.push(await rest.run(waiting.id));
			for (const id of ids) await until('40 executions to be stored', isWaiting(id), 180);
			const workflow = await rest.createWorkflow(quick());
			const startedAt = Date.now();
			expect((await rest.finished(await rest.run(workflow.id))).status).toBe('success');
			const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
			for (const id of ids) await rest.stop(id);
			report(
				'40 executions of 10 min, durable',
				'nothing',
				40,
				'',
				'',
				'',
				`another workflow took ${seconds} s in the meantime`,
			);

			simulator.reset();
			simulator.settings.plan.runMs = 15_000;
			const holding = await rest.createWorkflow(inProcess(1, credential, simulator));
			const busy: string[] = [];
			for (let index = 0; index < 2 * SLOTS; index++) busy.push(await rest.run(holding.id));
			await until('all slots to be taken', () => simulator.accepted.length === 2 * SLOTS);
			const queuedAt = Date.now();
			expect((await rest.finished(await rest.run(workflow.id))).status).toBe('success');
			const waited = (Date.now() - queuedAt) / 1000;
			for (const id of busy) await rest.finished(id);
			simulator.settings.plan.runMs = 0;

			expect(waited).toBeGreaterThan(Number(seconds));
			report(
				`${2 * SLOTS} executions of 15 s, in process`,
				'nothing',
				2 * SLOTS,
				2 * SLOTS,
				0,
				0,
				`another workflow took ${waited.toFixed(1)} s in the meantime`,
			);
		},
		8 * MINUTES,
	);

	it(
		'cancels on Stop what a worker waits for in process',
		async () => {
			simulator.settings.plan.queueMs = 60_000;
			const { id } = await rest.createWorkflow(inProcess(2, credential, simulator));
			const executionId = await rest.run(id);
			await until(
				'both to be watched',
				() => new Set(simulator.calls('status').map(({ path }) => path)).size === 2,
			);
			await rest.stop(executionId);
			await until(
				'both to be cancelled',
				() => simulator.accepted.every((request) => simulator.requests.stateOf(request) === 'cancelled'),
				20,
			);
			simulator.settings.plan.queueMs = 0;
			report('2 items in process', 'nothing; Stop while running', 2, 0, 0, 0, 'both cancelled at RunComfy');
		},
		3 * MINUTES,
	);

	it(
		"stores files in n8n's database, where every process finds them",
		async () => {
			const { id } = await rest.createWorkflow(
				durable(1, credential, simulator, { downloadOutput: true, watchSeconds: 60 }),
			);
			const execution = await rest.finished(await rest.run(id));

			const binary =
				execution.data.resultData.runData['RunComfy Durable Wait']?.at(-1)?.data?.main?.[0]?.[0]?.binary?.data;
			expect(binary?.id).toMatch(/^database:/);
			// A worker wrote it, and main reads it.
			expect((await rest.binary(binary!.id!)).equals(readMedia('video-720p-121.mp4').bytes)).toBe(true);
			report('a file in the database', 'nothing', 1, 1, 0, 0, 'read by another process, byte by byte');
		},
		3 * MINUTES,
	);

	it(
		"says which setting helps when a file is too large for n8n's database",
		async () => {
			const output = { video: `${simulator.url}/files/r/large-2.mp4` };
			simulator.nextPlans.push({ output });
			const { id } = await rest.createWorkflow(inProcess(1, credential, simulator, { downloadOutput: true }));
			const { data } = await rest.finished(await rest.run(id));

			expect(data.resultData.error).toMatchObject({
				message: expect.stringContaining(
					"larger than n8n's binary data storage allows (1 MB). Raise N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE",
				),
				context: {
					details: { code: 'download_failed', charged: 'yes', request_id: simulator.accepted[0]?.id },
				},
			});
			report(
				'a file of 2 MB, limit of 1 MB',
				'nothing',
				1,
				0,
				0,
				0,
				'rejected, naming the setting to change; then Get Result fetches it',
			);
		},
		3 * MINUTES,
	);
});
