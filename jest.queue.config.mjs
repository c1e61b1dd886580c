import base from './jest.config.mjs';

export default {
	displayName: 'queue',
	testMatch: ['<rootDir>/test/queue/**/*.test.ts'],
	transform: base.projects[0].transform,
	testTimeout: 120_000,
	// One n8n restarts while the other is under load otherwise, and n8n takes what is overdue at its start for crashed.
	maxWorkers: 1,
};
