import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const PROJECT = resolve(__dirname, '..', '..');

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
