import base from './jest.config.mjs';

export default {
	displayName: 'queue',
	testMatch: ['<rootDir>/test/queue/**/*.test.ts'],
	transform: base.projects[0].transform,
	testTimeout: 120_000,
	maxWorkers: 2,
};
