/** Starts n8n with everything in it that a first look needs, and says where it is. */
import { OWNER, N8nRest } from '../test/e2e/n8nRest';
import { N8nServer } from '../test/e2e/n8nServer';
import { readExamples, withCredential, withSimulatedImages } from '../test/e2e/examples';
import { credentialFor } from '../test/simulator/accounts';
import { Simulator } from '../test/simulator/simulator';

const N8N_PORT = portOf('N8N_PORT', 5678);
const SIMULATOR_PORT = portOf('SIMULATOR_PORT', 4010);
const CREDENTIAL_NAME = 'RunComfy account';
/** n8n loads the package again when its files change. */
const RELOADING = { NODE_ENV: 'development', N8N_DEV_RELOAD: 'true' };
const SIMULATED = { queueMs: 2_000, runMs: 6_000, outcome: 'succeeded' as const, reason: 'The prompt was refused' };

/** A port from the environment. @throws Error naming the variable */
function portOf(name: string, fallback: number): number {
	const port = Number(process.env[name] ?? fallback);
	if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
	throw new Error(`${name} must be a port number, not "${process.env[name]}"`);
}

async function main(): Promise<void> {
	const token = process.env.RUNCOMFY_API_TOKEN?.trim();
	const simulator = token ? undefined : await new Simulator({ plan: SIMULATED }).start(SIMULATOR_PORT);
	console.log('Starting n8n');
	const server = await N8nServer.start({
		userFolder: process.env.RUNCOMFY_N8N_DATA,
		port: N8N_PORT,
		env: process.env.RUNCOMFY_DEV ? RELOADING : {},
	});
	const stop = async () => {
		await server.stop();
		await simulator?.stop();
		process.exit(0);
	};
	process.once('SIGINT', () => void stop());
	process.once('SIGTERM', () => void stop());
	server.onExit(() => void stop());

	try {
		const rest = await N8nRest.login(server.url);
		const credential = await storeCredential(rest, token, simulator);
		await importExamples(rest, credential, simulator);
	} catch (error) {
		await server.stop();
		throw error;
	}

	console.log(`\nn8n        ${server.url}`);
	console.log(`Log in     ${OWNER.email} / ${OWNER.password}`);
	console.log(
		`Service    ${simulator ? `simulator at ${simulator.url}` : 'RunComfy. You are charged for every submit.'}`,
	);
	console.log(`Log file   ${server.logFile}`);
	console.log('Ctrl+C ends it.');
}

async function storeCredential(rest: N8nRest, token: string | undefined, simulator: Simulator | undefined) {
	const data = simulator ? credentialFor(simulator.url) : { apiToken: token ?? '', customEndpoints: false };
	const known = (await rest.listCredentials()).find(
		({ name, type }) => name === CREDENTIAL_NAME && type === 'runComfyApi',
	);
	return known
		? await rest.updateCredential(known.id, CREDENTIAL_NAME, data)
		: await rest.createCredential(CREDENTIAL_NAME, data);
}

/** Those that are there already may have been changed by hand, and stay as they are. */
async function importExamples(
	rest: N8nRest,
	credential: { id: string; name: string },
	simulator: Simulator | undefined,
): Promise<void> {
	const present = new Set((await rest.listWorkflows()).map(({ name }) => name));
	for (const example of readExamples()) {
		if (present.has(example.name)) continue;
		const workflow = withCredential(example, credential);
		await rest.createWorkflow(simulator ? withSimulatedImages(workflow, simulator) : workflow);
	}
}

main().catch((error: unknown) => {
	const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
	console.error(
		isTaken
			? `Port ${SIMULATOR_PORT} is in use. Choose another one for the simulator: SIMULATOR_PORT=${SIMULATOR_PORT + 1} npm run n8n`
			: error instanceof Error
				? error.message
				: error,
	);
	process.exit(1);
});
