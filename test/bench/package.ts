/** Measures what a new user waits for: the installation, and what n8n's start grows by. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { installPackage } from '../e2e/installPackage';
import { childRun } from './childRun';
import type { PackageRunFigures, PackageRunSettings } from './packageRun';
import { printTable } from './table';

const TIMES = 9;

async function main(): Promise<void> {
	const folder = mkdtempSync(join(tmpdir(), 'runcomfy-package-'));
	try {
		const startedAt = performance.now();
		installPackage(folder);
		const installSeconds = (performance.now() - startedAt) / 1_000;
		const settings: PackageRunSettings = {
			folder: join(folder, '.n8n', 'nodes', 'node_modules', 'n8n-nodes-runcomfy'),
		};
		const runs: PackageRunFigures[] = [];
		for (let time = 0; time < TIMES; time++)
			runs.push(await childRun<PackageRunFigures>('packageRun.ts', settings));
		const loads = runs.map(({ loadMs }) => loadMs).sort((one, other) => one - other);
		const growths = runs.map(({ growthMb }) => growthMb).sort((one, other) => one - other);
		const middle = Math.floor(TIMES / 2);
		const range = (values: number[]) =>
			`${values[middle]?.toFixed(1)} (${values[0]?.toFixed(1)} to ${values.at(-1)?.toFixed(1)})`;
		console.log('\nThe package\n');
		printTable(
			['what', 'figure'],
			[
				['pack it and install it by npm, s', installSeconds.toFixed(1)],
				[`what n8n's start grows by, ms: median of ${TIMES}`, range(loads)],
				['memory that loading takes, MB', range(growths)],
			],
		);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

main().catch((error: unknown) => {
	console.error(error);
	process.exit(1);
});
