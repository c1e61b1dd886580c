import axios from 'axios';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..', '..');
const READY_TIMEOUT_MS = 180_000;

/** How to start the n8n that scripts/lib/n8nInstall.mjs found or installed. */
export interface N8nCommand {
	command: string;
	args: string[];
	version: string;
	path: string;
}

/** Reads what the starting script hands over. */
export function n8nCommand(): N8nCommand {
	const text = process.env.RUNCOMFY_N8N;
	if (!text) throw new Error('Start this by its npm script, which finds or installs n8n');
	return JSON.parse(text) as N8nCommand;
}

/** Packs the package and installs it where n8n keeps community packages, as n8n does it. */
export function installPackage(userFolder: string): void {
	const nodesFolder = join(userFolder, '.n8n', 'nodes');
	rmSync(nodesFolder, { recursive: true, force: true });
	mkdirSync(nodesFolder, { recursive: true });
	writeFileSync(join(nodesFolder, 'package.json'), JSON.stringify({ name: 'installed-nodes', private: true }));
	npm(PROJECT, ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', nodesFolder]);
	const tarball = readdirSync(nodesFolder).find((name) => name.endsWith('.tgz'));
	if (tarball === undefined) throw new Error('npm pack made no tarball');
	npm(nodesFolder, [
		'install',
		'--ignore-scripts',
		'--omit=dev',
		'--omit=peer',
		'--no-audit',
		'--no-fund',
		'--loglevel=error',
		tarball,
	]);
}

function npm(cwd: string, args: string[]): void {
	const { status, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
	if (status !== 0) throw new Error(`npm ${args[0]} did not work:\n${stderr}`);
}

/** What a process of n8n does: all of it, or a part of it in queue mode. */
export type N8nRole = 'start' | 'worker' | 'webhook';

/** How to start an n8n. */
export interface N8nSettings {
	/** n8n's data; a new temporary folder by default. */
	userFolder?: string;
	port?: number;
	role?: N8nRole;
	/** Arguments after the role, such as a worker's concurrency. */
	args?: string[];
	/** Further settings of n8n. */
	env?: NodeJS.ProcessEnv;
	/** Whether the package has to be installed first; not where another process of n8n shares the folder. */
	installs?: boolean;
	/** The log's name in the folder. */
	logName?: string;
	/**
	 * Whether n8n gets a process group of its own, so that Ctrl+C in this terminal doesn't end it before this process has
	 * stopped its executions. It never outlives this process.
	 */
	ownGroup?: boolean;
	/** Ends a start that has not come up yet. */
	signal?: AbortSignal;
	/** Learns the process ID as soon as there is one. */
	onSpawn?: (pid: number) => void;
}

/** A process of a real n8n, in a folder of its own unless it is told to share one. */
export class N8nServer {
	private constructor(
		readonly url: string,
		readonly userFolder: string,
		readonly logFile: string,
		private readonly child: ChildProcess,
		private readonly role: N8nRole,
		private readonly ownGroup: boolean,
	) {
		// Whatever ends this process, but for a kill -9.
		if (ownGroup) process.once('exit', () => this.sendSignal('SIGKILL'));
	}

	/**
	 * Starts n8n and waits until it serves.
	 *
	 * @throws Error with the end of n8n's log when it does not come up
	 */
	static async start(settings: N8nSettings = {}): Promise<N8nServer> {
		const n8n = n8nCommand();
		const { role = 'start', args = [], env = {}, installs = true, logName = 'n8n', ownGroup = false } = settings;
		const userFolder = settings.userFolder ?? mkdtempSync(join(tmpdir(), 'runcomfy-n8n-'));
		mkdirSync(userFolder, { recursive: true });
		const port = settings.port ?? (await freePort());
		await requireFree(port);
		if (installs) installPackage(userFolder);
		settings.signal?.throwIfAborted();
		const url = `http://localhost:${port}`;
		const logFile = join(userFolder, `${logName}.log`);
		// Started again, it goes on with its log: what a crash leaves behind is in there.
		const log = openSync(logFile, 'a');
		const child = spawn(n8n.command, [...n8n.args, role, ...args], {
			env: { ...(await environment(n8n, userFolder, port)), ...env },
			stdio: ['ignore', log, log],
			shell: process.platform === 'win32',
			detached: ownGroup,
		});
		closeSync(log);
		if (child.pid !== undefined) settings.onSpawn?.(child.pid);
		const server = new N8nServer(url, userFolder, logFile, child, role, ownGroup);
		try {
			await server.untilReady(settings.signal);
		} catch (error) {
			await server.stop();
			throw error;
		}
		return server;
	}

	/** Ends n8n, and removes its data. */
	async destroyQuietly(): Promise<void> {
		await this.stop();
		rmSync(this.userFolder, { recursive: true, force: true });
	}

	/** Ends n8n as a service manager does. */
	async stop(): Promise<void> {
		if (this.hasEnded) return;
		const ended = new Promise((resolve) => this.child.once('exit', resolve));
		this.child.kill('SIGTERM');
		const killer = setTimeout(() => this.sendSignal('SIGKILL'), 15_000);
		await ended;
		clearTimeout(killer);
	}

	/** Ends n8n as a power cut does. */
	async kill(): Promise<void> {
		if (this.hasEnded) return;
		const ended = new Promise((resolve) => this.child.once('exit', resolve));
		this.child.kill('SIGKILL');
		await ended;
	}

	/** Calls back when n8n ends by itself. */
	onExit(listener: () => void): void {
		this.child.once('exit', listener);
	}

	/** What it has logged so far. */
	get log(): string {
		return readFileSync(this.logFile, 'utf8');
	}

	/** With a group of its own, n8n's own children get it too. */
	private sendSignal(signal: NodeJS.Signals): void {
		if (this.hasEnded || this.child.pid === undefined) return;
		if (this.ownGroup && process.platform !== 'win32') process.kill(-this.child.pid, signal);
		else this.child.kill(signal);
	}

	private get hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}

	/** n8n answers its health check before its database is ready, and its settings with a text until then. */
	private async untilReady(signal?: AbortSignal): Promise<void> {
		const deadline = Date.now() + READY_TIMEOUT_MS;
		const path = { start: '/rest/settings', worker: '/healthz/readiness', webhook: '/healthz/readiness' }[
			this.role
		];
		while (Date.now() < deadline) {
			signal?.throwIfAborted();
			if (this.hasEnded) break;
			const answer = await axios
				.get<unknown>(`${this.url}${path}`, { validateStatus: () => true, timeout: 5_000 })
				.catch(() => undefined);
			if (answer?.status === 200 && typeof answer.data === 'object') return;
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
		throw new Error(`n8n did not start, see ${this.logFile}:\n${this.log.slice(-2_000)}`);
	}
}

async function environment(n8n: N8nCommand, userFolder: string, port: number): Promise<NodeJS.ProcessEnv> {
	const off = [
		'N8N_DIAGNOSTICS_ENABLED',
		'N8N_VERSION_NOTIFICATIONS_ENABLED',
		'N8N_TEMPLATES_ENABLED',
		'N8N_PERSONALIZATION_ENABLED',
		'N8N_HIRING_BANNER_ENABLED',
		'N8N_DYNAMIC_BANNERS_ENABLED',
		'N8N_VERIFIED_PACKAGES_ENABLED',
		'N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS',
		'N8N_SECURE_COOKIE',
	];
	return {
		PATH: n8n.path,
		HOME: process.env.HOME,
		NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS,
		...Object.fromEntries(off.map((name) => [name, 'false'])),
		N8N_USER_FOLDER: userFolder,
		N8N_ENCRYPTION_KEY: 'a key for a local n8n',
		N8N_PORT: String(port),
		// A worker has no port of its own but this one.
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		// The engine for expressions that n8n 1.123 would take needs a compiled module.
		...(n8n.version.startsWith('1.') ? { N8N_EXPRESSION_ENGINE: 'legacy' } : {}),
		N8N_LOG_LEVEL: 'info',
		WEBHOOK_URL: `http://localhost:${port}/`,
	};
}

/** What answers there already would be taken for the n8n that is started. @throws Error when something listens on the port */
async function requireFree(port: number): Promise<void> {
	const isTaken = await new Promise<boolean>((resolve) => {
		const socket = connect({ port, host: 'localhost' });
		const end = (answer: boolean) => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('connect', () => end(true));
		socket.once('error', () => end(false));
	});
	if (isTaken) throw new Error(`Port ${port} is in use. Choose another one: N8N_PORT=${port + 1} npm run n8n`);
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
	const probe = createServer();
	await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address() as AddressInfo;
	await new Promise((resolve) => probe.close(resolve));
	return port;
}
