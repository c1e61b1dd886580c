/** Corrects what the linter can correct by itself, and tells the rest. */
import { ensureDependencies, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await ensureDependencies();
	// n8n's rules take every file for every kind of node in a test, and would rename the nodes.
	delete process.env.NODE_ENV;
	await runTool('eslint/bin/eslint.js', ['.', '--fix', '--max-warnings', '0', ...process.argv.slice(2)]);
} catch (error) {
	fail(error);
}
