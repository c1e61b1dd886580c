import { costOf, resultStatus } from '../../nodes/RunComfy/jobs/jobResult';
import { isFinished, normaliseStatus } from '../../nodes/RunComfy/api/status';

describe('normaliseStatus', () => {
	it.each([
		['in_queue', 'in_queue'],
		['IN_PROGRESS', 'in_progress'],
		['completed', 'completed'],
		['cancelled', 'cancelled'],
		['failed', 'failed'],
		['Succeeded', 'completed'],
		['canceled', 'cancelled'],
		['pending', 'in_queue'],
		['waiting', 'in_queue'],
		['starting', 'in_progress'],
		['processing', 'in_progress'],
		['polishing', 'polishing'],
		['constructor', 'constructor'],
	])('%s is %s', (word, status) => expect(normaliseStatus(word)).toBe(status));

	it('takes only three states for the end', () => {
		expect(['completed', 'cancelled', 'failed'].map(isFinished)).toEqual([true, true, true]);
		expect(['in_queue', 'in_progress', 'polishing'].map(isFinished)).toEqual([false, false, false]);
	});
});

describe('resultStatus', () => {
	it.each([
		[{ status: 'succeeded', output: {} }, 'succeeded'],
		[{ status: 'completed', output: 'https://a/b.mp4' }, 'succeeded'],
		[{ status: 'completed', error: 'no' }, 'failed'],
		[{ status: 'completed', error: 'a warning', output: { video: 'https://a/b.mp4' } }, 'succeeded'],
		[{ status: 'completed', error: '', output: null }, 'succeeded'],
		[{ status: 'succeeded', error: 'no', output: '' }, 'failed'],
		[{ status: 'failed', error: 'no' }, 'failed'],
		[{ status: 'canceled' }, 'cancelled'],
		[{ status: 'in_queue' }, 'in_queue'],
		[{ status: 'running' }, 'in_progress'],
		[{ status: 'polishing' }, 'in_progress'],
		[{ output: ['https://a/b.png'] }, 'succeeded'],
		[{ error: { message: 'no' } }, 'failed'],
		[{ request_id: 'r' }, undefined],
	])('of %j is %s', (result, status) => expect(resultStatus(result)).toBe(status));
});

describe('costOf', () => {
	it.each([
		[{ cost: 0.12 }, 0.12],
		[{ cost: 0 }, 0],
		[{ cost: '0.12' }, 0.12],
		[{ cost: '' }, undefined],
		[{ cost: 'free' }, undefined],
		[{ cost: NaN }, undefined],
		[{}, undefined],
	])('of %j is %s', (result, cost) => expect(costOf(result)).toBe(cost));
});
