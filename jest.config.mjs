const typescript = {
	'^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript', decorators: true } } }],
};

/** A kind of test has a folder and a project of its own. */
function project(displayName) {
	return { displayName, testMatch: [`<rootDir>/test/${displayName}/**/*.test.ts`], transform: typescript };
}

export default {
	projects: [project('unit'), project('engine')],
	testTimeout: 30_000,
};
