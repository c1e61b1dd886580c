/** Lint, types, unit tests and engine tests, in this order; what is missing is installed first. */
import { checkSource, prepareProject, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await prepareProject();
	await checkSource();
	await runTool('jest/bin/jest.js', process.argv.slice(2));
} catch (error) {
	fail(error);
}
