/** Types alone, of all sources and tests. */
import { ensureDependencies, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await ensureDependencies();
	await runTool('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json', ...process.argv.slice(2)]);
} catch (error) {
	fail(error);
}
