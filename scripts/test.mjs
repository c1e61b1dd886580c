/** Lint, types, unit tests and engine tests, in this order; what is missing is installed first. */
import { prepareProject, runTool } from './lib/project.mjs';
import { fail } from './lib/run.mjs';

try {
	await prepareProject();
	await runTool('typescript/bin/tsc', ['--noEmit', '-p', 'tsconfig.json']);
	await runTool('eslint/bin/eslint.js', ['.', '--max-warnings', '0']);
	await runTool('../scripts/lintDist.mjs');
	await runTool('jest/bin/jest.js', process.argv.slice(2));
} catch (error) {
	fail(error);
}
