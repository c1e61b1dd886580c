import { parseArgs } from 'node:util';

import { TOKENS } from './accounts';
import { Simulator } from './simulator';

const DEFAULT_PORT = 4010;

/** A number of the command line. @throws Error naming the flag */
function numberOf(flag: string, text: string): number {
	const number = Number(text);
	if (text.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
	throw new Error(`--${flag} has to be a number, not "${text}"`);
}

/** @throws Error where the text is no port; 0 picks a free one */
function portOf(text: string): number {
	const port = Number(text);
	if (text.trim() !== '' && Number.isInteger(port) && port >= 0 && port < 65_536) return port;
	throw new Error(`--port must be a port number from 0 to 65535, not "${text}"`);
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			'cold-start-seconds': { type: 'string', default: '0' },
			port: { type: 'string', default: String(DEFAULT_PORT) },
			'queue-seconds': { type: 'string', default: '2' },
			'run-seconds': { type: 'string', default: '6' },
			fail: { type: 'boolean', default: false },
		},
	});
	const plan = {
		queueMs: numberOf('queue-seconds', values['queue-seconds']) * 1000,
		runMs: numberOf('run-seconds', values['run-seconds']) * 1000,
		outcome: values.fail ? ('failed' as const) : ('succeeded' as const),
		reason: 'The prompt was refused',
	};
	const coldStartMs = numberOf('cold-start-seconds', values['cold-start-seconds']) * 1000;
	const simulator = new Simulator(
		{ plan, deployments: { coldStartMs } },
		Date.now,
		({ at, method, path, status }) => {
			console.log(
				`${new Date(at).toISOString().slice(11, 23)}  ${status || '---'}  ${method.padEnd(4)}  ${path}`,
			);
		},
	);
	const { url } = await simulator.start(portOf(values.port));
	console.log(`RunComfy simulator at ${url} (loopback only, ends with Ctrl+C)`);
	console.log(`In the credential: API token ${TOKENS.main}, Use Custom Endpoints on, both URLs ${url}`);
	for (const { id, name, accountName } of simulator.platform.deployments)
		if (accountName === 'main') console.log(`Deployment ${id}  ${name}`);
	console.log(`Other tokens: ${TOKENS.other} (another account), ${TOKENS.poor} (no balance)`);
}

main().catch((error: NodeJS.ErrnoException) => {
	const isTaken = error.code === 'EADDRINUSE';
	console.error(isTaken ? 'The port is in use. Choose another one: npm run simulator -- --port 4011' : error.message);
	process.exit(1);
});
