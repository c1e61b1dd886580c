import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { endWithThisProcess } from './children';

/**
 * Measures in a process of its own, where nothing is loaded or warm from another measurement.
 *
 * @param script a file of this folder that calls `printFigures`
 * @param limitSeconds ends a run that takes longer; without it, a run has no limit
 * @throws Error when the run fails or takes too long
 */
export async function childRun<Figures>(script: string, settings: object, limitSeconds = 0): Promise<Figures> {
	const args = ['--expose-gc', '--import', 'tsx', join(__dirname, script), JSON.stringify(settings)];
	// As in n8n, a package that is installed elsewhere finds n8n's modules.
	const env = { ...process.env, NODE_PATH: join(__dirname, '..', '..', 'node_modules') };
	const options = { env, maxBuffer: 2 ** 26, timeout: limitSeconds * 1000 };
	const pending = promisify(execFile)(process.execPath, args, options);
	endWithThisProcess(pending.child);
	const { stdout } = await pending.catch((error: Error & { killed?: boolean }) => {
		if (error.killed) throw new Error(`${script} was ended after ${limitSeconds} s: ${JSON.stringify(settings)}`);
		throw error;
	});
	return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Figures;
}

/** The other side: takes the settings, and prints what `measure` returns as the last line. Ends the process. */
export function printFigures<Settings>(measure: (settings: Settings) => Promise<object>): void {
	measure(JSON.parse(process.argv[2] ?? '{}') as Settings).then(
		(figures) => {
			console.log(JSON.stringify(figures));
			process.exit(0);
		},
		(error: unknown) => {
			console.error(error);
			process.exit(1);
		},
	);
}
