/** The unit tests alone: they need no build. Further arguments go to jest. */
import { ensureDependencies, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await ensureDependencies();
	await runTool('jest/bin/jest.js', [...process.argv.slice(2), '--selectProjects', 'unit']);
} catch (error) {
	fail(error);
}
