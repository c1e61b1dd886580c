import type { JobApi } from '../../nodes/RunComfy/api/jobApi';
import { ActiveJobs, type CancelOutcome } from '../../nodes/RunComfy/execution/activeJobs';
import { RunComfyFailure } from '../../nodes/RunComfy/shared/failure';
import { modelJob } from '../../nodes/RunComfy/shared/job';
import { SimulatedClock } from '../support/simulatedClock';

/** The queued job of a run that a failure ends; its status is told by the milliseconds since the cancel. */
async function cancelled(
	outcome: 'cancelled' | 'not_cancellable' | 'cancellation_requested' | 'unknown',
	status: (ms: number) => string,
) {
	const clock = new SimulatedClock();
	const startedAt = clock.now();
	const forgotten: string[] = [];
	const logged: CancelOutcome[] = [];
	const jobs: JobApi = {
		readStatus: async () => {
			const word = status(clock.now() - startedAt);
			return { status: word, rawStatus: word, response: {} };
		},
		readResult: async () => undefined,
		cancel: async () => {
			if (outcome === 'unknown')
				throw new RunComfyFailure({
					message: 'away',
					code: 'service_unavailable',
					retryable: true,
					charged: 'unknown',
				});
			return { outcome };
		},
	};
	const active = new ActiveJobs(clock, (id) => forgotten.push(id));
	active.add({ job: modelJob('r'), cancelOnStop: true, isOwn: true, logCancel: (told) => logged.push(told) });
	const stillRunning = await clock.run(active.cancelQueued(jobs));
	return { stillRunning, forgotten, logged, tookMs: clock.now() - startedAt };
}

describe('the cancel of a queued job when a failure ends the run', () => {
	it.each([
		['cancelled', 'at once', 0],
		['cancelled', 'after a second', 1_000],
		['cancellation_requested', 'after two seconds', 2_000],
		// Its answer was lost on the way, and it took effect.
		['unknown', 'at once', 0],
	] as const)('counts when the status says so: %s, %s', async (outcome, _when, afterMs) => {
		const { stillRunning, forgotten, logged } = await cancelled(outcome, (ms) =>
			ms >= afterMs ? 'cancelled' : 'in_queue',
		);

		expect({ stillRunning, forgotten, logged }).toEqual({ stillRunning: [], forgotten: ['r'], logged: [outcome] });
	});

	it.each(['cancelled', 'cancellation_requested', 'unknown'] as const)(
		'that was promised (%s) and did not take is not believed, after some seconds',
		async (outcome) => {
			const { stillRunning, forgotten, tookMs } = await cancelled(outcome, () => 'in_progress');

			expect({ stillRunning, forgotten }).toEqual({ stillRunning: ['r'], forgotten: [] });
			expect(tookMs).toBeLessThanOrEqual(5_000);
		},
	);

	it('that was refused needs no proof', async () => {
		expect(await cancelled('not_cancellable', () => 'cancelled')).toMatchObject({
			stillRunning: ['r'],
			forgotten: [],
			tookMs: 0,
		});
	});
});
