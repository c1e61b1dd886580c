const typescript = {
	'^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } } }],
};

/**
 * With RUNCOMFY_CORE the tests run against another version of n8n's engine, which stands in that folder with all that it
 * needs (see scripts/testMatrix.mjs).
 */
const core = process.env.RUNCOMFY_CORE;
const moduleNameMapper = core
	? { '^(n8n-core|n8n-workflow|reflect-metadata|@n8n/(?!eslint).*)$': `${core}/node_modules/$1` }
	: {};

/** A kind of test has a folder and a project of its own. */
function project(displayName) {
	return {
		displayName,
		testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`],
		transform: typescript,
		moduleNameMapper,
	};
}

export default {
	// The engine loads the package as it is built.
	projects: [project('unit'), { ...project('engine'), globalSetup: '<rootDir>/scripts/lib/buildForTests.mjs' }],
	// A hang guard, for machines that are ten times slower too.
	testTimeout: 120_000,
};
