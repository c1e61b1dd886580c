import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../e2e/ports';

/** Where the starting script found the programs. */
export interface ServicePrograms {
	redis: string;
	/** The folder with initdb and postgres. */
	postgresFolder: string;
	/** PostgreSQL refuses to run as root, so it runs as this user where we are root. */
	postgresUser?: { name: string; uid: number; gid: number };
}

/** Reads what the starting script hands over. */
export function servicePrograms(): ServicePrograms {
	const text = process.env.RUNCOMFY_SERVICES;
	if (!text) throw new Error('Start this with "npm run test:queue", which finds Redis and PostgreSQL');
	return JSON.parse(text) as ServicePrograms;
}

/** A Redis and a PostgreSQL with folders and ports of their own. */
export class Services {
	private constructor(
		readonly redisPort: number,
		readonly postgresPort: number,
		private readonly folder: string,
		private readonly children: ChildProcess[],
	) {}

	static async start(): Promise<Services> {
		const { redis, postgresFolder, postgresUser } = servicePrograms();
		// Another user has to reach it, who may not enter a temporary folder of ours.
		const folder = mkdtempSync(join(postgresUser ? '/tmp' : tmpdir(), 'runcomfy-services-'));
		if (postgresUser) chownSync(folder, postgresUser.uid, postgresUser.gid);
		const as = postgresUser ? { uid: postgresUser.uid, gid: postgresUser.gid } : {};
		const data = join(folder, 'postgres');
		const init = spawnSync(
			join(postgresFolder, 'initdb'),
			['-D', data, '-U', 'n8n', '--auth=trust', '-E', 'UTF8'],
			{ ...as, cwd: folder, encoding: 'utf8' },
		);
		if (init.status !== 0) throw new Error(`PostgreSQL could not make its folder:\n${init.stderr}`);
		const [redisPort, postgresPort] = [await freePort(), await freePort()];
		const children = [
			spawn(redis, ['--port', String(redisPort), '--bind', '127.0.0.1', '--save', '', '--dir', folder], {
				stdio: 'ignore',
			}),
			spawn(
				join(postgresFolder, 'postgres'),
				['-D', data, '-p', String(postgresPort), '-h', '127.0.0.1', '-k', folder],
				{ ...as, cwd: folder, stdio: 'ignore' },
			),
		];
		const services = new Services(redisPort, postgresPort, folder, children);
		try {
			for (const port of [redisPort, postgresPort]) await untilListening(port);
		} catch (error) {
			await services.stop();
			throw error;
		}
		return services;
	}

	/** n8n's settings for queue mode on these. */
	get environment(): NodeJS.ProcessEnv {
		return {
			EXECUTIONS_MODE: 'queue',
			OFFLOAD_MANUAL_EXECUTIONS_TO_WORKERS: 'true',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: String(this.redisPort),
			DB_TYPE: 'postgresdb',
			DB_POSTGRESDB_HOST: '127.0.0.1',
			DB_POSTGRESDB_PORT: String(this.postgresPort),
			DB_POSTGRESDB_DATABASE: 'postgres',
			DB_POSTGRESDB_USER: 'n8n',
			DB_POSTGRESDB_PASSWORD: 'n8n',
			N8N_DEFAULT_BINARY_DATA_MODE: 'database',
			// So that a file of some megabytes is too large already.
			N8N_BINARY_DATA_DATABASE_MAX_FILE_SIZE: '1',
		};
	}

	async stop(): Promise<void> {
		for (const child of this.children) {
			if (child.exitCode !== null || child.signalCode !== null) continue;
			const ended = new Promise((resolve) => child.once('exit', resolve));
			// PostgreSQL's fast shutdown; Redis ends the same way.
			child.kill('SIGINT');
			await ended;
		}
		rmSync(this.folder, { recursive: true, force: true });
	}
}

async function untilListening(port: number): Promise<void> {
	for (let tries = 0; tries < 100; tries++) {
		const isOpen = await new Promise<boolean>((resolve) => {
			const socket = connect(port, '127.0.0.1');
			socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
			socket.once('close', () => {});
			setTimeout(() => socket.destroy(), 200);
		});
		if (isOpen) return;
		await new Promise((resolve) => setTimeout(resolve, 200));
	}
	throw new Error(`Nothing listens on port ${port}`);
}
