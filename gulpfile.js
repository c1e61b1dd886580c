const { build: bundle } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');
const { rm } = require('node:fs/promises');
const { spawnSync } = require('node:child_process');

async function clean() {
	await rm('dist', { recursive: true, force: true });
}

async function compile() {
	const { status } = spawnSync(process.execPath, [require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.build.json'], {
		stdio: 'inherit',
	});
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

function icons() {
	return src(['{nodes,credentials}/**/*.svg'], { encoding: false }).pipe(dest('dist'));
}

function codex() {
	return src('nodes/**/*.node.json').pipe(dest('dist/nodes'));
}

exports.build = series(clean, compile, parallel(bundleVendor, icons, codex));
