import base from './jest.config.mjs';

export default {
	displayName: 'ui',
	testMatch: ['<rootDir>/test/ui/**/*.test.ts'],
	transform: base.projects[0].transform,
	testTimeout: 120_000,
	maxWorkers: 1,
};
