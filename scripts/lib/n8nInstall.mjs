/**
 * Puts a real n8n into a cache folder outside the repository, once, and tells where it is.
 * Plain Node: it must run before anything of the project is installed.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { showProgress } from './progress.mjs';
import { run } from './run.mjs';

const NODE_VERSION = '24.21.0';
const APPROXIMATE_PACKAGES = 1900;

/**
 * The n8n of each major version, with the Node that it is run on. 2.41.3 pins a dependency that the registry does not have;
 * 2.40.7 is the newest that installs. Overrides replace versions that n8n pins and the registry does not serve.
 */
const RELEASES = {
	1: { version: '1.123.81', node: async () => await ensureNode('20.20.2'), overrides: { xlsx: '0.18.5' } },
	2: {
		version: '2.40.7',
		node: async () => await ensureNode24(),
		overrides: { xlsx: '0.18.5', linkedom: '0.18.12' },
	},
};

export function cacheFolder() {
	const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
	return process.env.RUNCOMFY_N8N_CACHE || join(base, 'n8n-nodes-runcomfy');
}

/**
 * @param {1 | 2} major
 * @returns {Promise<{ command: string, args: string[], version: string, path: string }>} how to start n8n:
 * `command` with `args` before n8n's own arguments, and the PATH it needs
 */
export async function ensureN8n(major = 2) {
	const onThisMachine = major === 2 ? findInstalledN8n() : undefined;
	if (onThisMachine) return onThisMachine;

	const { version, node, overrides } = RELEASES[major];
	const nodeBinary = await node();
	const folder = join(cacheFolder(), `n8n-${version}`);
	if (!existsSync(join(folder, 'complete'))) await installN8n(folder, nodeBinary, version, overrides);
	return {
		command: nodeBinary,
		args: [join(folder, 'node_modules', 'n8n', 'bin', 'n8n')],
		version,
		path: pathWith(nodeBinary),
	};
}

/** An n8n on the PATH serves when it is a 2.x that knows everything the end-to-end test asks of it. */
function findInstalledN8n() {
	const answer = spawnSync('n8n', ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' });
	const version = /^(\d+)\.(\d+)\.\d+/m.exec(answer.stdout ?? '');
	if (!version || Number(version[1]) !== 2 || Number(version[2]) < 40) return undefined;
	return { command: 'n8n', args: [], version: version[0], path: process.env.PATH };
}

async function ensureNode24() {
	if (Number(process.versions.node.split('.')[0]) === 24) return process.execPath;
	return await ensureNode(NODE_VERSION);
}

/**
 * Fetches a Node of that very version, where it is not there yet.
 *
 * @param {string} version
 * @returns {Promise<string>} the path of its binary
 */
export async function ensureNode(version) {
	const platform = process.platform === 'win32' ? 'win' : process.platform;
	// The binary's own package: the wrapper package "node" would need an install script to fetch it.
	const packageName = `node-${platform}-${process.arch}`;
	const folder = join(cacheFolder(), `node-${version}`);
	const binary = join(folder, 'node_modules', packageName, 'bin', platform === 'win' ? 'node.exe' : 'node');
	if (!existsSync(binary)) {
		console.log(`Downloading Node ${version} into ${folder}`);
		await installInto(folder, 'node-binary', { [packageName]: version });
	}
	return binary;
}

/** Installs packages into a folder of the cache, without their install scripts. */
export async function installInto(folder, name, dependencies) {
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, private: true, dependencies }));
	await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
}

async function installN8n(folder, nodeBinary, version, overrides) {
	const building = `${folder}.building-${process.pid}`;
	console.log(`Installing n8n ${version} into ${folder}. This happens once and takes 5 to 15 minutes.`);
	mkdirSync(building, { recursive: true });
	writeFileSync(
		join(building, 'package.json'),
		JSON.stringify({ name: 'n8n-install', private: true, dependencies: { n8n: version }, overrides }),
	);
	const env = { ...process.env, PATH: pathWith(nodeBinary) };
	const stopProgress = showProgress(join(building, 'node_modules'), APPROXIMATE_PACKAGES, 20_000);
	try {
		// Install scripts are skipped: the only native module that n8n needs here is sqlite3, built below.
		await run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
			cwd: building,
			env,
		});
	} finally {
		stopProgress();
	}
	console.log('Building the database driver (sqlite3)');
	await run('npm', ['rebuild', 'sqlite3', '--ignore-scripts=false', '--loglevel=error'], {
		cwd: building,
		env: { ...env, npm_config_nodedir: dirname(dirname(nodeBinary)) },
	});
	writeFileSync(join(building, 'complete'), `${version}\n`);
	rmSync(folder, { recursive: true, force: true });
	renameSync(building, folder);
}

function pathWith(nodeBinary) {
	return `${dirname(nodeBinary)}${delimiter}${process.env.PATH}`;
}
