import { openJobs } from '../../nodes/RunComfy/api/families';
import { hasOutput, resultStatus } from '../../nodes/RunComfy/jobs/jobResult';
import { FAULT_KINDS } from './support/faultKinds';
import { withControlledClock } from './support/controlledClock';
import { useDeploymentBench } from './support/deploymentBench';
import { failureOf } from './support/openTransport';

const { bench, transport, submit } = useDeploymentBench();

const fast = async <T>(work: () => Promise<T>): Promise<T> => (await withControlledClock(work)).value;

describe('every fault', () => {
	it.each(Object.entries(FAULT_KINDS))(
		'of a submit (%s) leads to one accepted request at most',
		async (_n, action) => {
			bench.simulator.fault({ on: 'submit', action, times: 1, carriedOut: true });
			await fast(async () => await submit().catch(() => {}));

			// HTTP 429 is repeated, because such a call was not accepted; the simulator carried it out all the same.
			const isRepeated = action.type === 'answer' && action.status === 429;
			expect(bench.simulator.platform.accepted).toHaveLength(isRepeated ? 2 : 1);
		},
	);

	it.each(Object.entries(FAULT_KINDS))('of a read (%s) leaves the next one alone', async (_name, action) => {
		const { job } = await submit();
		const jobs = openJobs(transport());
		for (const on of ['status', 'result', 'cancel'] as const) bench.simulator.fault({ on, action, times: 4 });
		const reads = [
			async () => await jobs.readStatus(job),
			async () => await jobs.readResult(job, false),
			async () => await jobs.cancel(job),
		];
		await fast(async () => {
			for (const read of reads)
				await read().catch((error: { details?: object }) => {
					expect(error.details).toMatchObject({ request_id: job.requestId, deployment_id: job.targetId });
				});
		});
		bench.simulator.faults.clear();

		expect((await jobs.readStatus(job)).status).toBe('completed');
		expect(resultStatus((await jobs.readResult(job, false))!)).toBe('succeeded');
	});

	it('of the habits that model requests meet is met by these too', async () => {
		bench.simulator.settings.habits = { lateOutputs: 1, unseenReads: 1, statusWords: { completed: 'done' } };
		const { job } = await submit();
		const jobs = openJobs(transport());

		expect(await failureOf(jobs.readStatus(job))).toMatchObject({ details: { code: 'not_found' } });
		expect((await jobs.readStatus(job)).status).toBe('done');
		expect(hasOutput((await jobs.readResult(job, false))!)).toBe(false);
		expect(hasOutput((await jobs.readResult(job, false))!)).toBe(true);
	});
});
