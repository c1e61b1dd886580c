import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { TOKENS } from '../simulator/accounts';
import { Simulator } from '../simulator/simulator';
import { until } from '../support/until';
import { Command, processesWith, PROJECT } from './command';
import { freePort } from './ports';
import { isN8n1, N8nRest } from './n8nRest';

/* What the commands do in a terminal besides their work: ends, ports, data in use, what cannot be saved. */
const HOURS = 3_600_000;
const SLOW = { queueMs: HOURS, runMs: HOURS, outcome: 'succeeded' as const, reason: '' };
const EXAMPLE = 'RunComfy: image to video';
const ENDS = [
	['SIGINT', 'group'],
	['SIGTERM', 'group'],
	['SIGINT', 'npm'],
	['SIGTERM', 'npm'],
] as const;
const onLinux = existsSync('/proc/self/environ') ? it : it.skip;
// It opens n8n 2, whatever the other tests run in.
const onLinuxAndN8n2 = isN8n1() ? it.skip : onLinux;

let simulator: Simulator;
const commands: Command[] = [];
/** In the environment of every process that a test starts. */
let mark = '';

beforeEach(async () => {
	mark = `runcomfy-terminal-${randomUUID()}`;
	simulator = await new Simulator({ plan: SLOW }).start();
});
afterEach(async () => {
	for (const command of commands.splice(0)) await command.interrupt();
	await simulator.stop();
});

function start(line: string, env: NodeJS.ProcessEnv = {}): Command {
	const command = new Command(line, { RUNCOMFY_TEST_MARK: mark, ...env });
	commands.push(command);
	return command;
}

/** The simulator of this process in the place of RunComfy itself. */
const asRunComfy = () => ({
	RUNCOMFY_API_TOKEN: TOKENS.main,
	RUNCOMFY_MODEL_API_URL: simulator.url,
	RUNCOMFY_PLATFORM_API_URL: simulator.url,
});

async function expectCancelledAndGone(what: string): Promise<void> {
	expect(simulator.accepted.map(({ cancelledAt }) => cancelledAt !== undefined)).toEqual([true]);
	await until('all processes to end', () => processesWith(what).length === 0, 30);
}

describe('npm start', () => {
	onLinux.each(ENDS)('leaves nothing behind and nothing queued after %s to the %s', async (signal, to) => {
		const command = start('npm start', asRunComfy());
		await until('the submit', () => simulator.accepted.length === 1 || command.hasEnded);
		await command.end(signal, to);
		expect(command.output).toContain('Queued requests were cancelled');
		await expectCancelledAndGone(mark);
	});

	it('uses the port of the simulator that is asked for', async () => {
		const port = await freePort();
		const command = start('npm start', { SIMULATOR_PORT: String(port) });
		await command.says(`simulator at http://127.0.0.1:${port}`);
		expect(await command.ended()).toBe(0);
	});

	onLinux('names the request that was already running, which continues and is charged', async () => {
		simulator.nextPlans.push({ queueMs: 0, runMs: 600_000 });
		const command = start('npm start', asRunComfy());
		await command.says('in_progress');
		await command.end('SIGINT', 'group');
		expect(command.output).toContain("Stopped. These requests weren't cancelled");
		expect(command.output.split(simulator.accepted[0]!.id).length).toBeGreaterThan(1);
		expect(command.output).not.toContain('Queued requests were cancelled');
	});

	it('submits nothing where the file could not be saved', async () => {
		const [output, aside] = [join(PROJECT, 'output'), join(PROJECT, 'output.aside')];
		if (existsSync(output)) renameSync(output, aside);
		writeFileSync(output, 'a file in the place of the folder');
		try {
			const command = start('npm start', asRunComfy());
			expect([await command.ended(), command.output]).toEqual([1, expect.stringContaining("can't be saved")]);
			expect(simulator.received).toEqual([]);
		} finally {
			rmSync(output);
			if (existsSync(aside)) renameSync(aside, output);
		}
	});
});

describe('npm run n8n', () => {
	const folder = mkdtempSync(join(tmpdir(), 'runcomfy-terminal-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	const open = async (env: NodeJS.ProcessEnv) => {
		const port = await freePort();
		const command = start('npm run n8n', { RUNCOMFY_N8N_DATA: folder, N8N_PORT: String(port), ...env });
		return { command, port };
	};
	const imagesOf = async (rest: N8nRest) => {
		const id = (await rest.listWorkflows()).find(({ name }) => name === EXAMPLE)?.id ?? '';
		return { id, text: JSON.stringify((await rest.readWorkflow(id)).nodes) };
	};

	onLinuxAndN8n2(
		'leaves the data of a running one alone, and brings a changed port of the simulator into the examples',
		async () => {
			const ports = [await freePort(), await freePort()];
			const first = await open({ SIMULATOR_PORT: String(ports[0]) });
			await first.command.says('Press Ctrl+C to stop', 180);
			const installed = join(folder, '.n8n', 'nodes', 'package.json');
			writeFileSync(installed, readFileSync(installed, 'utf8').replace('{', '{"isUntouched":true,'));

			const second = await open({ SIMULATOR_PORT: String(ports[1]) });
			expect([await second.command.ended(), second.command.output]).toEqual([
				1,
				expect.stringContaining('n8n already runs with the data'),
			]);
			expect(readFileSync(installed, 'utf8')).toContain('isUntouched');
			const rest = await N8nRest.login(`http://localhost:${first.port}`);
			expect((await imagesOf(rest)).text).toContain(`:${ports[0]}/files/inputs/`);
			await first.command.end('SIGTERM', 'npm');
			await until('all processes to end', () => processesWith(folder).length === 0, 30);

			const third = await open({ SIMULATOR_PORT: String(ports[1]) });
			await third.command.says('Press Ctrl+C to stop', 180);
			const { text } = await imagesOf(await N8nRest.login(`http://localhost:${third.port}`));
			expect(text).toContain(`:${ports[1]}/files/inputs/`);
			expect(text).not.toContain(`:${ports[0]}/`);
			await third.command.interrupt();
			await until('all processes to end', () => processesWith(folder).length === 0, 30);
		},
		480_000,
	);

	onLinuxAndN8n2.each([
		['SIGINT', 'group'],
		['SIGTERM', 'npm'],
	] as const)(
		'leaves nothing behind and nothing queued after %s to the %s',
		async (signal, to) => {
			const { command, port } = await open(asRunComfy());
			await command.says('Press Ctrl+C to stop', 180);
			const rest = await N8nRest.login(`http://localhost:${port}`);
			const { id, text } = await imagesOf(rest);
			expect(text).not.toContain('127.0.0.1');
			await rest.run(id);
			await until('the submit', () => simulator.accepted.length === 1, 60);
			await command.end(signal, to);
			await expectCancelledAndGone(folder);
		},
		300_000,
	);

	onLinuxAndN8n2('that is ended while it starts leaves nothing behind', async () => {
		const { command } = await open(asRunComfy());
		await command.says('Starting n8n');
		await until('n8n to start', () => processesWith(`N8N_USER_FOLDER=${folder}`).length > 0, 60);
		await command.end('SIGTERM', 'npm');
		await until('all processes to end', () => processesWith(folder).length === 0, 30);
	});
});

describe('npm run check:live', () => {
	onLinux.each(ENDS)('cancels what is queued and still reports after %s to the %s', async (signal, to) => {
		const report = join(PROJECT, 'output', 'check-live.md');
		const command = start('npm run check:live -- --spend 0.50', asRunComfy());
		await until('the submit', () => simulator.accepted.length === 1 || command.hasEnded);
		const id = simulator.accepted[0]?.id ?? '';
		await command.says(`Request    ${id}`);
		await command.end(signal, to);
		expect(command.output).toContain(`Cancel     ${id}: cancelled`);
		expect(readFileSync(report, 'utf8')).toContain('# RunComfy live check');
		await expectCancelledAndGone(mark);
		rmSync(report);
	});
});

describe('npm run simulator', () => {
	onLinux.each(ENDS)('leaves nothing behind after %s to the %s', async (signal, to) => {
		const command = start(`npm run simulator -- --port ${await freePort()}`);
		await command.says('Other tokens');
		await command.end(signal, to);
		await until('all processes to end', () => processesWith(mark).length === 0, 30);
	});

	onLinux('leaves nothing behind where npm is killed', async () => {
		const command = start(`npm run simulator -- --port ${await freePort()}`);
		await command.says('Other tokens');
		await command.end('SIGKILL', 'npm');
		await until('all processes to end', () => processesWith(mark).length === 0, 30);
	});
});

describe('a port', () => {
	it.each([
		['npm run n8n', { N8N_PORT: 'abc' }, 'N8N_PORT must be a port number from 1 to 65535, not "abc"'],
		['npm run dev', { SIMULATOR_PORT: '70000' }, 'SIMULATOR_PORT must be a port number from 1 to 65535'],
		['npm run n8n', { SIMULATOR_PORT: '5678' }, 'N8N_PORT and SIMULATOR_PORT must be different ports'],
		['npm start', { SIMULATOR_PORT: 'abc' }, 'SIMULATOR_PORT must be a port number from 1 to 65535, not "abc"'],
		['npm run simulator -- --port abc', {}, '--port must be a port number from 0 to 65535, not "abc"'],
	])('that is none is refused in a sentence: %s with %j', async (line, env, sentence) => {
		const command = start(line, env);
		expect([await command.ended(), command.output]).toEqual([1, expect.stringContaining(sentence)]);
		expect(command.output).not.toMatch(/^\s+at /m);
	});

	it.each(['N8N_PORT', 'SIMULATOR_PORT'])(
		'that is in use is refused before anything is prepared: %s',
		async (name) => {
			const taken = createServer();
			await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
			const { port } = taken.address() as AddressInfo;
			const folder = join(tmpdir(), mark);
			const free = { N8N_PORT: String(await freePort()), SIMULATOR_PORT: String(await freePort()) };
			const command = start('npm run n8n', { ...free, [name]: String(port), RUNCOMFY_N8N_DATA: folder });
			const code = await command.ended().finally(() => taken.close());
			const [[other, kept] = []] = Object.entries(free).filter(([variable]) => variable !== name);
			const advice = `${other}=${kept} ${name}=${port + 1} npm run n8n`;
			expect([code, command.output]).toEqual([1, expect.stringContaining(advice)]);
			expect(existsSync(folder)).toBe(false);
		},
	);
});

it('npm test says first what it does', async () => {
	const command = start('npm test');
	await command.says('Type check, linter, formatting');
	await command.says('\nTypes\n');
	const said = command.output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('>'));
	expect(said[0]).toContain('unit and engine tests: about five minutes');
	await command.interrupt();
});

it('an installation shows how far it is', async () => {
	const script = "import('./scripts/lib/progress.mjs').then(({ showProgress }) => showProgress('nodes', 3, 20))";
	const command = start(`node -e "${script}"`);
	await command.says(' of about 3 folders');
	await command.interrupt();
});
