import { MismatchedResponse, type JobApi, type JobResult } from '../../nodes/RunComfy/api/jobApi';
import { RateLimiter } from '../../nodes/RunComfy/execution/rateLimiter';
import { JobWatch, type WatchOptions } from '../../nodes/RunComfy/jobs/jobWatch';
import { Poller } from '../../nodes/RunComfy/jobs/poller';
import { RunComfyFailure, type FailureDetails } from '../../nodes/RunComfy/shared/failure';
import { modelJob } from '../../nodes/RunComfy/shared/job';
import { SimulatedClock } from '../support/simulatedClock';

const failure = (details: Partial<FailureDetails>) => ({
	message: 'It failed',
	code: 'not_found' as const,
	retryable: false,
	charged: 'unknown' as const,
	...details,
});
const SUCCEEDED: JobResult = { request_id: 'r', status: 'succeeded', output: { video: 'https://a/b.mp4' } };

/** Watches a job on a clock of its own. The status, and the result, are told by the milliseconds that have passed. */
async function watched(
	status: (ms: number) => string,
	result: (ms: number) => JobResult | undefined,
	options: Partial<WatchOptions> = {},
) {
	const clock = new SimulatedClock();
	const startedAt = clock.now();
	const elapsed = () => clock.now() - startedAt;
	const readsAt: number[] = [];
	const jobs: JobApi = {
		readStatus: async () => {
			readsAt.push(elapsed());
			const word = status(elapsed());
			return { status: word, rawStatus: word, response: {} };
		},
		readResult: async () => result(elapsed()),
		cancel: async () => ({ outcome: 'not_cancellable' }),
	};
	const poller = new Poller(clock, new RateLimiter(clock, { initialPerSecond: 100, maxPerSecond: 100 }));
	const watch = new JobWatch({
		jobs,
		clock,
		job: modelJob('r'),
		maxWaitTime: 3_600,
		includeCost: false,
		random: () => 0.5,
		...options,
	});
	const [outcome] = await Promise.allSettled([clock.run(poller.watch(watch))]);
	return { outcome, readsAt, endedAt: elapsed() };
}

describe('the time that a job ran', () => {
	it('begins when it was last seen in the queue', async () => {
		const { outcome, endedAt } = await watched(
			(ms) => (ms < 300_000 ? 'in_queue' : ms < 320_000 ? 'in_progress' : 'completed'),
			() => SUCCEEDED,
		);

		expect(outcome).toMatchObject({ value: { kind: 'succeeded' } });
		const { ranMs } = (outcome as PromiseFulfilledResult<{ ranMs: number }>).value;
		expect(ranMs).toBeGreaterThanOrEqual(20_000);
		expect(ranMs).toBeLessThan(60_000);
		expect(endedAt).toBeGreaterThan(ranMs + 200_000);
	});

	it('is that since the submit where it was never seen in the queue', async () => {
		const { outcome, endedAt } = await watched(
			(ms) => (ms < 20_000 ? 'in_progress' : 'completed'),
			() => SUCCEEDED,
		);

		expect(outcome).toMatchObject({ value: { kind: 'succeeded', ranMs: endedAt } });
	});

	it('restarts the pauses when the job leaves the queue', async () => {
		const { readsAt } = await watched(
			(ms) => (ms < 600_000 ? 'in_queue' : ms < 720_000 ? 'in_progress' : 'completed'),
			() => SUCCEEDED,
		);
		const [seenRunningAt, ...after] = readsAt.filter((at) => at >= 600_000);

		expect(after[0]! - seenRunningAt!).toBeLessThan(5_000);
	});
});

describe('at the deadline', () => {
	const refuse = (error: RunComfyFailure) => () => {
		throw error;
	};

	it('a lasting failure is reported as itself, and not as a timeout', async () => {
		const notFound = refuse(new RunComfyFailure(failure({ http_status: 404 })));
		const { outcome } = await watched(notFound, notFound, { maxWaitTime: 0 });

		expect(outcome).toMatchObject({ status: 'rejected', reason: { details: { code: 'not_found' } } });
	});

	it('so is a bad end', async () => {
		const { outcome } = await watched(
			() => 'completed',
			() => ({ status: 'failed', error: 'no boats' }),
			{ maxWaitTime: 0 },
		);

		expect(outcome).toMatchObject({ status: 'rejected', reason: { details: { code: 'generation_failed' } } });
	});

	it.each([
		[
			'a success without an output',
			'completed',
			{ status: 'succeeded', output: null },
			{ value: { kind: 'succeeded' } },
		],
		['a cancel that the result does not know yet', 'cancelled', {}, { reason: { details: { code: 'cancelled' } } }],
	])('%s is not waited for any more', async (_what, status, result, told) => {
		const { outcome } = await watched(
			() => status,
			() => result,
			{ maxWaitTime: 0 },
		);

		expect(outcome).toMatchObject(told);
	});

	it('and so are responses that belong to another job', async () => {
		const mixedUp = refuse(new MismatchedResponse(failure({ code: 'unexpected_response' })));
		const { outcome, endedAt } = await watched(mixedUp, mixedUp, { maxWaitTime: 10, isOwn: true });

		expect(outcome).toMatchObject({ status: 'rejected', reason: { details: { code: 'unexpected_response' } } });
		expect(endedAt).toBe(10_000);
	});

	it('what may pass is a time-out that nobody answered', async () => {
		const away = refuse(new RunComfyFailure(failure({ code: 'service_unavailable' })));
		const { outcome } = await watched(away, away, { maxWaitTime: 30, isOwn: true });

		expect(outcome).toMatchObject({ value: { kind: 'timedOut', isUnresponsive: true, waitedSeconds: 30 } });
	});
});
