/** Formats all sources, tests and scripts. */
import { ensureDependencies, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await ensureDependencies();
	await runTool('prettier/bin/prettier.cjs', ['--write', '--log-level', 'warn', '.', ...process.argv.slice(2)]);
} catch (error) {
	fail(error);
}
