import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { until } from '../support/until';

export const PROJECT = resolve(__dirname, '..', '..');

/** What a person's terminal doesn't have. With NODE_ENV, n8n's linter takes every file for every kind of node in a test. */
const NOT_INHERITED = ['RUNCOMFY_API_TOKEN', 'RUNCOMFY_N8N', 'NODE_ENV'];

/** A command in a shell of its own, with the environment of a person who has just cloned the project. */
export class Command {
	output = '';
	private readonly child: ChildProcess;

	constructor(line: string, env: NodeJS.ProcessEnv = {}) {
		const inherited = Object.entries(process.env).filter(([name]) => !NOT_INHERITED.includes(name));
		const environment = { ...Object.fromEntries(inherited), ...env };
		// A group of its own, because Ctrl+C reaches all processes of a terminal.
		// The shell makes way for npm, so that a signal to this child reaches npm.
		this.child = spawn(`exec ${line}`, { cwd: PROJECT, shell: true, detached: true, env: environment });
		for (const stream of [this.child.stdout, this.child.stderr])
			stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString('utf8')));
	}

	async says(text: string, seconds = 60): Promise<void> {
		await until(`"${text}" in the output`, () => this.output.includes(text) || this.hasEnded, seconds);
		if (!this.output.includes(text)) throw new Error(`It ended without "${text}":\n${this.output}`);
	}

	/** @returns its exit code */
	async ended(seconds = 60): Promise<number | null> {
		await until('its end', () => this.hasEnded, seconds);
		return this.child.exitCode;
	}

	/** Ctrl+C. */
	async interrupt(): Promise<void> {
		await this.end('SIGINT', 'group');
	}

	/**
	 * Ends it from outside.
	 *
	 * @param to the processes of its terminal (Ctrl+C, a closed window), or npm alone (a service manager)
	 * @returns its exit code
	 */
	async end(signal: NodeJS.Signals, to: 'group' | 'npm'): Promise<number | null> {
		const { pid } = this.child;
		if (!this.hasEnded && pid !== undefined) process.kill(to === 'group' ? -pid : pid, signal);
		return await this.ended();
	}

	get hasEnded(): boolean {
		return this.child.exitCode !== null || this.child.signalCode !== null;
	}
}

/** Processes whose environment has that text. Linux alone tells it. */
export function processesWith(text: string): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
		.filter((id) => {
			try {
				return readFileSync(`/proc/${id}/environ`, 'latin1').includes(text);
			} catch {
				return false;
			}
		})
		.map(Number);
}
