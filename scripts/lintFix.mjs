/** Corrects what the linter can correct by itself, and tells the rest. */
import { ensureDependencies, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await ensureDependencies();
	await runTool('eslint/bin/eslint.js', ['.', '--fix', '--max-warnings', '0', ...process.argv.slice(2)]);
} catch (error) {
	fail(error);
}
