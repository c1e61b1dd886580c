import axios from 'axios';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
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
	npm(nodesFolder, ['install', '--ignore-scripts', '--omit=dev', '--omit=peer', '--no-audit', '--no-fund', '--loglevel=error', tarball]);
}

function npm(cwd: string, args: string[]): void {
	const { status, stderr } = spawnSync('npm', args, { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
	if (status !== 0) throw new Error(`npm ${args[0]} did not work:\n${stderr}`);
}

/** A real n8n in a folder of its own. */
export class N8nServer {
	private constructor(
		readonly url: string,
		readonly userFolder: string,
		readonly logFile: string,
		private readonly child: ChildProcess,
	) {}

	/**
	 * Starts n8n and waits until it serves.
	 *
	 * @param userFolder n8n's data; a new temporary folder by default
	 * @throws Error with the end of n8n's log when it does not come up
	 */
	static async start(settings: { userFolder?: string; port?: number } = {}): Promise<N8nServer> {
		const n8n = n8nCommand();
		const userFolder = settings.userFolder ?? mkdtempSync(join(tmpdir(), 'runcomfy-n8n-'));
		mkdirSync(userFolder, { recursive: true });
		installPackage(userFolder);
		const port = settings.port ?? (await freePort());
		const url = `http://localhost:${port}`;
		const logFile = join(userFolder, 'n8n.log');
		const log = createWriteStream(logFile);
		const child = spawn(n8n.command, [...n8n.args, 'start'], {
			env: await environment(n8n, userFolder, port),
			stdio: ['ignore', 'pipe', 'pipe'],
			shell: process.platform === 'win32',
		});
		child.stdout?.pipe(log);
		child.stderr?.pipe(log);
		const server = new N8nServer(url, userFolder, logFile, child);
		try {
			await server.untilReady();
		} catch (error) {
			await server.stop();
			throw error;
		}
		return server;
	}

	/** Ends n8n, and removes its data. */
	async discard(): Promise<void> {
		await this.stop();
		rmSync(this.userFolder, { recursive: true, force: true });
	}

	/** Ends n8n as a service manager does. */
	async stop(): Promise<void> {
		if (this.child.exitCode !== null || this.child.signalCode !== null) return;
		const ended = new Promise((resolve) => this.child.once('exit', resolve));
		this.child.kill('SIGTERM');
		const killer = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
		await ended;
		clearTimeout(killer);
	}

	/** Calls back when n8n ends by itself. */
	onExit(listener: () => void): void {
		this.child.once('exit', listener);
	}

	/** n8n answers its health check before its database is ready, and its settings with a text until then. */
	private async untilReady(): Promise<void> {
		const deadline = Date.now() + READY_TIMEOUT_MS;
		while (Date.now() < deadline) {
			if (this.child.exitCode !== null) break;
			const answer = await axios
				.get<unknown>(`${this.url}/rest/settings`, { validateStatus: () => true, timeout: 5_000 })
				.catch(() => undefined);
			if (answer?.status === 200 && typeof answer.data === 'object') return;
			await new Promise((resolve) => setTimeout(resolve, 500));
		}
		throw new Error(`n8n did not start, see ${this.logFile}`);
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
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_RUNNERS_BROKER_PORT: String(await freePort()),
		N8N_LOG_LEVEL: 'info',
		WEBHOOK_URL: `http://localhost:${port}/`,
	};
}

async function freePort(): Promise<number> {
	const probe = createServer();
	await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
	const { port } = probe.address() as AddressInfo;
	await new Promise((resolve) => probe.close(resolve));
	return port;
}
