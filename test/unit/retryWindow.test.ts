import { MismatchedResponse } from '../../nodes/RunComfy/api/jobApi';
import { RetryWindow } from '../../nodes/RunComfy/jobs/retryWindow';
import { ExecutionStopped, RunComfyFailure, type FailureDetails } from '../../nodes/RunComfy/shared/failure';

const details = (more: Partial<FailureDetails>): FailureDetails => ({
	message: 'It failed',
	code: 'not_found',
	retryable: false,
	charged: 'unknown',
	...more,
});
const REFUSED = new RunComfyFailure(details({ http_status: 404 }));
const AWAY = new RunComfyFailure(details({ code: 'service_unavailable', http_status: 503 }));

/** Failed reads at their milliseconds. @returns for each whether it is read again */
function allowed(reads: Array<[number, unknown]>, isOwn = true, refusedForMs?: number): boolean[] {
	let now = 0;
	const retryWindow = new RetryWindow(
		{ now: () => now, date: () => now, sleep: async () => {} },
		isOwn,
		refusedForMs,
	);
	return reads.map(([at, error]) => {
		now = at;
		return retryWindow.shouldRetry(error);
	});
}

describe('failed reads of an own request', () => {
	it('are refusals for a minute from the first one in a row, and no longer', () => {
		expect(
			allowed([
				[0, REFUSED],
				[59_999, REFUSED],
				[60_000, REFUSED],
			]),
		).toEqual([true, true, false]);
	});

	it('restart their minute after a fault that says nothing', () => {
		expect(
			allowed([
				[0, REFUSED],
				[50_000, AWAY],
				[61_000, REFUSED],
				[120_000, REFUSED],
				[121_000, REFUSED],
			]),
		).toEqual([true, true, true, true, false]);
	});

	it('go on with the minute that an earlier round of a durable wait began', () => {
		expect(
			allowed(
				[
					[0, REFUSED],
					[10_000, REFUSED],
				],
				true,
				50_000,
			),
		).toEqual([true, false]);
	});

	it('are read again without limit while the service does not respond', () => {
		expect(
			allowed([
				[0, AWAY],
				[3_600_000, AWAY],
			]),
		).toEqual([true, true]);
	});
});

it.each([
	['refused to whoever only named it', REFUSED, false],
	['stopped', new ExecutionStopped(), true],
	['a mistake of the program', new TypeError('x'), true],
	['a bad end', new RunComfyFailure(details({ code: 'generation_failed' })), true],
])('a read is not tried again: %s', (_what, error, isOwn) => expect(allowed([[0, error]], isOwn)).toEqual([false]));

it('the response of another job is a refusal, even for a job known by its ID alone', () => {
	const mixedUp = new MismatchedResponse(details({ code: 'unexpected_response' }));
	expect(
		allowed(
			[
				[0, mixedUp],
				[60_000, mixedUp],
			],
			false,
		),
	).toEqual([true, false]);
});
