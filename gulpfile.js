const { build: bundle } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');
const { readFileSync, readdirSync } = require('node:fs');
const { mkdir, rm, writeFile } = require('node:fs/promises');
const { join } = require('node:path');
const { spawnSync } = require('node:child_process');

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

async function compile() {
	const { status } = spawnSync(
		process.execPath,
		[require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'],
		{
			stdio: 'inherit',
		},
	);
	if (status !== 0) throw new Error('TypeScript found mistakes, see above');
}

/** n8n forbids runtime dependencies, so each library is bundled into the one file that re-exports it. */
async function bundleVendor() {
	await bundle({
		entryPoints: ['vendor/*.ts'],
		outdir: 'dist/vendor',
		bundle: true,
		platform: 'neutral',
		mainFields: ['module', 'main'],
		format: 'cjs',
		target: 'node20',
		legalComments: 'inline',
	});
}

/** What is bundled keeps its licence: MIT asks for the text to go along. */
async function licences() {
	const libraries = ['image-size', 'ipaddr.js'];
	const texts = libraries.map((name) => {
		const folder = join('node_modules', name);
		const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
		const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
		return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : `Licence: ${license}`}\n`;
	});
	await mkdir('dist/vendor', { recursive: true });
	await writeFile('dist/vendor/LICENSES.txt', texts.join('\n'.padEnd(40, '-').concat('\n\n')));
}

function icons() {
	return src(['{nodes,credentials}/**/*.svg'], { encoding: false }).pipe(dest('dist'));
}

function codex() {
	return src('nodes/**/*.node.json').pipe(dest('dist/nodes'));
}

exports.build = series(clean, compile, parallel(bundleVendor, licences, icons, codex));
