import { spawnSync } from 'node:child_process';
import 'reflect-metadata';

import { PackageDirectoryLoader } from 'n8n-core';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/* What "npm publish" would send, tried out: packed, installed by npm into an empty folder, and loaded from there. */
const PROJECT = resolve(__dirname, '..', '..');
/** Tells what does not belong into a package, such as fixtures or maps, from code. */
const MAX_BYTES = 1_000_000;

interface Packed {
	filename: string;
	unpackedSize: number;
	files: Array<{ path: string }>;
}

let folder: string;
let packed: Packed;

function npm(cwd: string, ...args: string[]): string {
	const { status, stdout, stderr } = spawnSync('npm', args, {
		cwd,
		encoding: 'utf8',
		shell: process.platform === 'win32',
	});
	if (status !== 0) throw new Error(`npm ${args[0]} did not work:\n${stderr}`);
	return stdout;
}

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), 'runcomfy-pack-'));
	[packed] = JSON.parse(npm(PROJECT, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder)) as [Packed];
	writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'nodes', private: true }));
	npm(
		folder,
		'install',
		'--ignore-scripts',
		'--omit=peer',
		'--no-audit',
		'--no-fund',
		'--offline',
		`./${packed.filename}`,
	);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const installed = (...path: string[]) => join(folder, 'node_modules', 'n8n-nodes-runcomfy', ...path);
const manifest = () => JSON.parse(readFileSync(installed('package.json'), 'utf8')) as Record<string, never>;

describe('the package that is published', () => {
	it('is small, and holds the build and nothing else', () => {
		expect(packed.unpackedSize).toBeLessThan(MAX_BYTES);
		const others = packed.files.map(({ path }) => path).filter((path) => !path.startsWith('dist/'));
		expect(others.sort()).toEqual(['LICENSE', 'README.md', 'package.json']);
		expect(packed.files.filter(({ path }) => /\.(ts|map)$/.test(path) && !path.endsWith('.d.ts'))).toEqual([]);
	});

	it('names files that are there, and needs nothing at run time', () => {
		const { n8n, main, dependencies, peerDependencies } = manifest() as unknown as {
			n8n: Record<'nodes' | 'credentials', string[]>;
			main: string;
			dependencies?: object;
			peerDependencies: object;
		};
		for (const path of [main, ...n8n.nodes, ...n8n.credentials])
			expect([path, existsSync(installed(path))]).toEqual([path, true]);
		expect([dependencies, peerDependencies]).toEqual([undefined, { 'n8n-workflow': '*' }]);
		expect(readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
			'n8n-nodes-runcomfy',
		]);
	});

	it('bundles libraries under licences that allow it, and says so', () => {
		const bundled = ['image-size', 'ipaddr.js'];
		const used = readdirSync(join(PROJECT, 'vendor')).flatMap((name) =>
			[...readFileSync(join(PROJECT, 'vendor', name), 'utf8').matchAll(/from '([^.'][^']*)'/g)].map(
				([, library]) => library,
			),
		);
		const licences = bundled.map(
			(name) =>
				(
					JSON.parse(readFileSync(join(PROJECT, 'node_modules', name, 'package.json'), 'utf8')) as {
						license: string;
					}
				).license,
		);

		expect([...new Set(used)].sort()).toEqual(bundled);
		expect(licences).toEqual(['MIT', 'MIT']);
		const notice = readFileSync(installed('dist', 'vendor', 'LICENSES.txt'), 'utf8');
		for (const name of bundled) expect(notice).toContain(name);
	});

	it('is loaded by n8n from where npm put it', async () => {
		// As in n8n, a package that is installed elsewhere finds n8n's modules.
		const modules = join(folder, 'node_modules', 'n8n-workflow');
		symlinkSync(join(PROJECT, 'node_modules', 'n8n-workflow'), modules, 'junction');
		const loader = new PackageDirectoryLoader(installed());
		await loader.loadAll();
		expect(loader.loadedNodes.map(({ name }) => name).sort()).toEqual(['runComfy', 'runComfyDurable']);
		expect(Object.keys(loader.known.credentials)).toEqual(['runComfyApi']);
	});

	it('holds no word of the machine that built it', () => {
		const text = packed.files
			.filter(({ path }) => path.startsWith('dist/'))
			.map(({ path }) => readFileSync(installed(path), 'latin1'))
			.join('\n');
		expect(text).not.toContain(PROJECT);
	});
});
