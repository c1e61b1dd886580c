/** The engine tests on every Node and n8n that the package is for. What is missing is installed into the cache, once. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, ensureNode, installInto } from './lib/n8nInstall.mjs';
import { prepareProject, projectFolder } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

const NODES = ['20.20.2', '22.23.3', '24.21.0'];

/** The engine of n8n 1.123.81; the newest of 2.x is the project's own. */
const N8N_1 = {
	'n8n-core': '1.122.48',
	'n8n-workflow': '1.120.31',
	'@n8n/backend-common': '0.33.35',
	'@n8n/config': '1.65.9',
	'@n8n/di': '0.10.0',
	'reflect-metadata': '0.2.2',
};

/** Thousands of executions with faults behave alike everywhere; n8n 1.x has no SSRF protection that could be tested. */
const LONG = ['randomFaults', 'faultMatrix'];

async function engineOfN8n1() {
	const folder = join(cacheFolder(), `core-${N8N_1['n8n-core']}`);
	if (!existsSync(join(folder, 'node_modules', 'n8n-core', 'package.json'))) {
		console.log(`Installing n8n-core ${N8N_1['n8n-core']} into ${folder}`);
		await installInto(folder, 'core', N8N_1);
	}
	return folder;
}

try {
	await prepareProject();
	const engines = [
		{ name: 'n8n 1.123 (n8n-core 1.122.48)', core: await engineOfN8n1(), skip: [...LONG, 'ssrf'] },
		{ name: 'n8n 2.x (n8n-core of this project)', core: '', skip: LONG },
	];
	const rows = [];
	for (const version of NODES) {
		const node = await ensureNode(version);
		for (const { name, core, skip } of engines) {
			console.log(`\nNode ${version}, ${name}`);
			// The sleep of n8n 1.x cannot be ended, so its last timers would hold a finished run up.
			const args = [
				join('node_modules', 'jest', 'bin', 'jest.js'),
				'--selectProjects',
				'engine',
				'--forceExit',
				'--testPathIgnorePatterns',
				skip.join('|'),
				...process.argv.slice(2),
			];
			const { status, stderr } = spawnSync(node, args, {
				cwd: projectFolder,
				env: { ...process.env, RUNCOMFY_CORE: core },
				encoding: 'utf8',
				stdio: ['ignore', 'inherit', 'pipe'],
			});
			const tests = /^Tests:\s+(.*)$/m.exec(stderr)?.[1] ?? 'did not run';
			if (status !== 0) process.stderr.write(stderr);
			console.log(tests);
			rows.push(`| ${version} | ${name} | ${status === 0 ? 'passed' : 'FAILED'} | ${tests} |`);
		}
	}
	console.log(['', '| Node | Engine | | Tests |', '| --- | --- | --- | --- |', ...rows].join('\n'));
	if (rows.some((row) => row.includes('FAILED'))) throw new Error('Not everything passed, see above');
} catch (error) {
	fail(error);
}
