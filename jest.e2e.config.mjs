import base from './jest.config.mjs';

export default {
	displayName: 'e2e',
	testMatch: ['<rootDir>/test/e2e/**/*.test.ts'],
	transform: base.projects[0].transform,
	testTimeout: 120_000,
	maxWorkers: 1,
};
