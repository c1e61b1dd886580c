import axios from 'axios';
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installPackage } from './installPackage';
import { n8nEnvironment } from './n8nEnvironment';
import { freePort, requireFree } from './ports';

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
			env: { ...(await n8nEnvironment(n8n, userFolder, port)), ...env },
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
