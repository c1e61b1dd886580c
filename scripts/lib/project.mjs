/** The first steps of every command: dependencies and the build, each only where something is missing. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { showProgress } from './progress.mjs';
import { run } from './run.mjs';

export const projectFolder = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

const OLDEST_NODE = [20, 19];
/** In node_modules when everything is installed. */
const APPROXIMATE_FOLDERS = 570;
const BUILD_INPUTS = [
	'nodes',
	'credentials',
	'vendor',
	'index.ts',
	'gulpfile.js',
	'tsconfig.json',
	'tsconfig.build.json',
	'package-lock.json',
];

/** Makes the project ready to run: installs what is missing and builds what changed. */
export async function prepareProject() {
	requireNode();
	await ensureDependencies();
	await ensureBuild();
}

/** Arguments that nobody reads would look as if they did something. */
export function requireNoArguments(hint) {
	const [first] = process.argv.slice(2);
	if (first !== undefined) throw new Error(`"${first}" is not an argument of this command. ${hint}`);
}

function requireNode() {
	const [major, minor] = process.versions.node.split('.').map(Number);
	if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
	throw new Error(`Node ${OLDEST_NODE.join('.')} or newer is required; this is ${process.versions.node}`);
}

/** Installs as the lock file says. Install scripts are not needed, and npm skips ours with them. */
export async function ensureDependencies() {
	if (isInstalled()) return;
	console.log('Installing dependencies (once, about a minute)');
	const stopProgress = showProgress(join(projectFolder, 'node_modules'), APPROXIMATE_FOLDERS, 5_000);
	await run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
		cwd: projectFolder,
	}).finally(stopProgress);
}

/** npm writes what it installed into node_modules; optional packages of other platforms are absent there. */
function isInstalled() {
	const installedFile = join(projectFolder, 'node_modules', '.package-lock.json');
	if (!existsSync(installedFile)) return false;
	const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
	const wanted = JSON.parse(readFileSync(join(projectFolder, 'package-lock.json'), 'utf8')).packages;
	return Object.entries(wanted).every(
		([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
	);
}

/**
 * Builds dist unless it already comes from these very sources.
 *
 * @returns {Promise<boolean>} whether there was anything to build
 */
export async function ensureBuild() {
	const stampFile = join(projectFolder, 'node_modules', '.cache', 'runcomfy-build');
	const stamp = hashOf(BUILD_INPUTS);
	const isCurrent = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp;
	if (isCurrent && existsSync(join(projectFolder, 'dist', 'index.js'))) return false;
	console.log('Building');
	// A build that fails half-way leaves a dist behind that comes from none of both.
	rmSync(stampFile, { force: true });
	await run(process.execPath, [join('node_modules', 'gulp', 'bin', 'gulp.js'), '--silent', 'build'], {
		cwd: projectFolder,
	});
	mkdirSync(dirname(stampFile), { recursive: true });
	writeFileSync(stampFile, stamp);
	return true;
}

function hashOf(paths) {
	const hash = createHash('sha256');
	const add = (path) => {
		const full = join(projectFolder, path);
		if (!existsSync(full)) return;
		if (statSync(full).isDirectory())
			readdirSync(full)
				.sort()
				.forEach((entry) => add(join(path, entry)));
		else hash.update(path).update(readFileSync(full));
	};
	paths.forEach(add);
	return hash.digest('hex');
}

/** Runs one of the project's TypeScript programs. */
export async function runTypeScript(file, args = [], env = {}) {
	await run(process.execPath, ['--import', 'tsx', join(projectFolder, file), ...args], {
		cwd: projectFolder,
		env: { ...process.env, ...env },
		shell: false,
	});
}

/** Runs a development tool by its JavaScript file, which works on every platform without a shell. */
export async function runTool(file, args = [], env = {}) {
	await run(process.execPath, [join(projectFolder, 'node_modules', file), ...args], {
		cwd: projectFolder,
		env: { ...process.env, ...env },
		shell: false,
	});
}

/** Types, and lint on the source and on `dist`. Any warning is a failure. */
export async function checkSource() {
	const steps = [
		['Types', 'typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']],
		['Linter', 'eslint/bin/eslint.js', ['.', '--max-warnings', '0']],
		['Format', 'prettier/bin/prettier.cjs', ['--check', '--log-level', 'warn', '.']],
		['Linting the package as it is published', '../scripts/lintDist.mjs', []],
	];
	for (const [name, tool, args] of steps) {
		console.log(name);
		await runTool(tool, args);
	}
}
