/** Kills and restarts of a real n8n, in queue mode with Redis and PostgreSQL and in regular mode with SQLite. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { ensureN8n } from './lib/n8nInstall.mjs';
import { prepareProject, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

const INSTALL =
	'On Debian or Ubuntu: apt-get install redis-server postgresql. On macOS: brew install redis postgresql.';

/** A program's path, on the PATH or in one of the folders. */
function find(program, folders = []) {
	const all = [...(process.env.PATH ?? '').split(delimiter), ...folders];
	return all.map((folder) => join(folder, program)).find((path) => existsSync(path));
}

/** Debian keeps PostgreSQL's programs away from the PATH, in a folder for each version. */
function debianPostgresFolders() {
	const base = '/usr/lib/postgresql';
	if (!existsSync(base)) return [];
	return readdirSync(base)
		.sort((a, b) => Number(b) - Number(a))
		.map((version) => join(base, version, 'bin'));
}

/** PostgreSQL refuses to run as root; its package brings a user for it. */
function postgresUser() {
	if (process.getuid?.() !== 0) return undefined;
	const number = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);
	const [uid, gid] = [number('-u'), number('-g')];
	if (!uid)
		throw new Error(
			'PostgreSQL does not run as root, and there is no user "postgres". Run this command as another user.',
		);
	return { name: 'postgres', uid, gid };
}

try {
	const redis = find('redis-server');
	if (redis === undefined) throw new Error(`Redis is missing. ${INSTALL}`);
	const initdb = find('initdb', debianPostgresFolders());
	if (initdb === undefined) throw new Error(`PostgreSQL is missing. ${INSTALL}`);
	await prepareProject();
	const n8n = await ensureN8n();
	console.log(`Queue tests in n8n ${n8n.version}`);
	await runTool('jest/bin/jest.js', ['--config', 'jest.queue.config.mjs', ...process.argv.slice(2)], {
		RUNCOMFY_N8N: JSON.stringify(n8n),
		RUNCOMFY_SERVICES: JSON.stringify({ redis, postgresFolder: dirname(initdb), postgresUser: postgresUser() }),
	});
} catch (error) {
	fail(error);
}
