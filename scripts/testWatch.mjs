/** Runs the tests of what changed since the last commit, again at every change. Further arguments go to jest. */
import { ensureDependencies, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await ensureDependencies();
	await runTool('jest/bin/jest.js', ['--watch', ...process.argv.slice(2)]);
} catch (error) {
	fail(error);
}
