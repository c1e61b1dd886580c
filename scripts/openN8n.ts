/** Starts n8n with everything in it that a first look needs, and says where it is. */
import type { IWorkflowBase } from 'n8n-workflow';
import { appendFileSync } from 'node:fs';

import { OWNER, N8nRest } from '../test/e2e/n8nRest';
import { N8nServer } from '../test/e2e/n8nServer';
import { liveCredential } from './liveCredential';
import { readExamples, withCredential, withPublicImages, withSimulatedImages } from '../test/e2e/examples';
import { credentialFor, TOKENS } from '../test/simulator/accounts';
import { Simulator } from '../test/simulator/simulator';

/** Checked by the command that starts this. */
const N8N_PORT = Number(process.env.N8N_PORT);
const SIMULATOR_PORT = Number(process.env.SIMULATOR_PORT);
const CREDENTIAL_NAME = 'RunComfy account';
/** n8n loads the package again when its files change. */
const RELOADING = { NODE_ENV: 'development', N8N_DEV_RELOAD: 'true' };
const SIMULATED = { queueMs: 2_000, runMs: 6_000, outcome: 'succeeded' as const, reason: 'The prompt was refused' };

/** How long the requests of running executions have to be cancelled at the end. Milliseconds. */
const STOP_LIMIT_MS = 10_000;

async function main(): Promise<void> {
	const end = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end.abort());
	const token = process.env.RUNCOMFY_API_TOKEN?.trim();
	const simulator = token ? undefined : await new Simulator({ plan: SIMULATED }).start(SIMULATOR_PORT);
	console.log('Starting n8n');
	const server = await N8nServer.start({
		userFolder: process.env.RUNCOMFY_N8N_DATA,
		port: N8N_PORT,
		env: process.env.RUNCOMFY_DEV ? RELOADING : {},
		ownGroup: true,
		signal: end.signal,
		onSpawn: lockDataFor,
	});
	const ended = new Promise<void>((resolve) => {
		end.signal.addEventListener('abort', () => resolve());
		server.onExit(resolve);
	});
	try {
		const rest = await N8nRest.login(server.url);
		const credential = await storeCredential(rest, token, simulator);
		await importExamples(rest, credential, simulator);
		printGuide(server, simulator);
		if (!end.signal.aborted) await ended;
		// n8n itself waits for running executions instead of stopping them, and is killed while it does.
		await rest.stopRunning(STOP_LIMIT_MS).catch(() => undefined);
	} finally {
		await server.stop();
		await simulator?.stop();
	}
}

/** Whoever else starts n8n with this data sees that it is in use. */
function lockDataFor(n8nId: number): void {
	const { RUNCOMFY_N8N_LOCK: lock } = process.env;
	if (lock) appendFileSync(lock, `${process.pid}\n${n8nId}\n`);
}

function printGuide(server: N8nServer, simulator: Simulator | undefined): void {
	const service = simulator
		? `simulator at ${simulator.url}: color gradients as results, nothing is charged (API token ${TOKENS.main})`
		: 'RunComfy. You are charged for every submit.';
	console.log(`\nn8n        ${server.url}`);
	console.log(`Examples   ${server.url}/home/workflows`);
	console.log(`Log in     ${OWNER.email} / ${OWNER.password}`);
	console.log(`Service    ${service}`);
	console.log(`Log file   ${server.logFile}`);
	console.log('Press Ctrl+C to stop.');
}

async function storeCredential(rest: N8nRest, token: string | undefined, simulator: Simulator | undefined) {
	const data = simulator ? credentialFor(simulator.url) : liveCredential(token ?? '');
	const known = (await rest.listCredentials()).find(
		({ name, type }) => name === CREDENTIAL_NAME && type === 'runComfyApi',
	);
	return known
		? await rest.updateCredential(known.id, CREDENTIAL_NAME, data)
		: await rest.createCredential(CREDENTIAL_NAME, data);
}

/**
 * Those that are there already may have been changed by hand, and stay as they are: but for the URLs of images, which
 * lead to the simulator of an earlier start.
 */
async function importExamples(
	rest: N8nRest,
	credential: { id: string; name: string },
	simulator: Simulator | undefined,
): Promise<void> {
	const withImages = (workflow: IWorkflowBase) =>
		simulator ? withSimulatedImages(workflow, simulator) : withPublicImages(workflow);
	const present = new Map((await rest.listWorkflows()).map(({ id, name }) => [name, id]));
	for (const example of readExamples()) {
		const id = present.get(example.name);
		if (id === undefined) {
			await rest.createWorkflow(withImages(withCredential(example, credential)));
			continue;
		}
		const { nodes } = await rest.readWorkflow(id);
		const { nodes: current } = withImages({ ...example, nodes });
		if (JSON.stringify(nodes) !== JSON.stringify(current)) await rest.updateWorkflow(id, { nodes: current });
	}
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		const isEnded = error instanceof Error && error.name === 'AbortError';
		if (!isEnded) console.error(error instanceof Error ? error.message : error);
		process.exit(isEnded ? 0 : 1);
	},
);
