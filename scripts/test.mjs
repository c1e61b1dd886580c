/** Lint, types, unit tests and engine tests, in this order; what is missing is installed first. */
import { checkSource, prepareProject, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	console.log(
		'Type check, linter, formatting and lint of the package, then unit and engine tests: about five minutes',
	);
	await prepareProject();
	await checkSource();
	console.log('Unit and engine tests (about four minutes)');
	await runTool('jest/bin/jest.js', process.argv.slice(2));
} catch (error) {
	fail(error);
}
