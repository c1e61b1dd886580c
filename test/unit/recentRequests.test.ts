import { RecentRequests, type RecentRequest } from '../../nodes/RunComfy/execution/recentRequests';
import { modelJob } from '../../nodes/RunComfy/shared/job';
import type { Clock } from '../../nodes/RunComfy/shared/clock';

const HOUR = 3_600_000;

const clock: Clock = { now: () => 0, date: () => 0, sleep: async () => await Promise.resolve() };

function request(requestId: string, more: Partial<RecentRequest> = {}): RecentRequest {
	const url = 'https://a.example';
	return {
		accepted: {
			job: modelJob(requestId, 'a/b'),
			statusUrl: url,
			resultUrl: url,
			cancelUrl: url,
			status: 'in_queue',
		},
		account: 'account',
		submittedAt: '2026-01-01T00:00:00.000Z',
		status: 'in_queue',
		inputKey: 'input',
		executionId: '1',
		itemIndex: 0,
		...more,
	};
}

const idsOf = (requests: RecentRequest[]) => requests.map(({ accepted }) => accepted.job.requestId);

describe('RecentRequests', () => {
	it('forgets requests after 24 hours', () => {
		let now = 0;
		const recent = new RecentRequests({ ...clock, now: () => now });
		recent.add(request('old'));
		now = 20 * HOUR;
		recent.add(request('new'));
		now = 25 * HOUR;

		expect(idsOf(recent.of('account'))).toEqual(['new']);
		expect(idsOf(recent.withInput('account', 'input'))).toEqual(['new']);
		now = 49 * HOUR;
		expect(recent.withInput('account', 'input')).toEqual([]);
	});

	it('is bounded, and keeps the newest', () => {
		const recent = new RecentRequests(clock, 3);
		for (let index = 0; index < 10; index++) recent.add(request(`r${index}`));

		expect(idsOf(recent.of('account'))).toEqual(['r9', 'r8', 'r7']);
		expect(idsOf(recent.withInput('account', 'input'))).toEqual(['r9', 'r8', 'r7']);
	});

	it('keeps accounts, families and inputs apart', () => {
		const recent = new RecentRequests(clock);
		recent.add(request('one'));
		recent.add(request('two', { account: 'other' }));
		recent.add(request('three', { inputKey: undefined }));
		recent.noteStatus('other', modelJob('one'), 'failed');
		recent.noteStatus('account', { family: 'deployment', requestId: 'one' }, 'failed');

		expect(idsOf(recent.of('account'))).toEqual(['three', 'one']);
		expect(recent.of('account')[1]?.status).toBe('in_queue');
		expect(idsOf(recent.withInput('account', 'input'))).toEqual(['one']);
	});

	it('forgets the earlier one of two with the same ID', () => {
		let now = 0;
		const recent = new RecentRequests({ ...clock, now: () => now });
		recent.add(request('one'));
		now = 20 * HOUR;
		recent.add(request('two'));
		recent.add(request('one', { inputKey: 'another' }));

		expect(idsOf(recent.of('account'))).toEqual(['one', 'two']);
		expect(idsOf(recent.withInput('account', 'input'))).toEqual(['two']);
		now = 25 * HOUR;
		expect(idsOf(recent.of('account'))).toEqual(['one', 'two']);
	});

	it('keeps a success whatever the status endpoint says later, and no endless status', () => {
		const recent = new RecentRequests(clock);
		recent.add(request('one'));
		recent.noteStatus('account', modelJob('one'), 'x'.repeat(1_000_000));
		expect(recent.of('account')[0]?.status).toHaveLength(80);
		recent.noteStatus('account', modelJob('one'), 'succeeded');
		recent.noteStatus('account', modelJob('one'), 'cancelled');

		expect(idsOf(recent.withInput('account', 'input'))).toEqual(['one']);
	});

	it('gives none that ended badly, and lets a result overrule the status', () => {
		const recent = new RecentRequests(clock);
		recent.add(request('one'));
		recent.noteStatus('account', modelJob('one'), 'completed');
		expect(recent.withInput('account', 'input')).toHaveLength(1);
		recent.noteStatus('account', modelJob('one'), 'failed');
		recent.noteStatus('account', modelJob('one'), 'completed');

		expect(recent.of('account')[0]?.status).toBe('failed');
		expect(recent.withInput('account', 'input')).toEqual([]);
	});
});
