import { openJobs } from '../../nodes/RunComfy/api/families';
import { RateLimiter } from '../../nodes/RunComfy/execution/rateLimiter';
import { STATUS_RATE } from '../../nodes/RunComfy/execution/jobWatcher';
import { JobWatch } from '../../nodes/RunComfy/jobs/jobWatch';
import { Poller } from '../../nodes/RunComfy/jobs/poller';
import { systemClock } from '../../nodes/RunComfy/shared/clock';
import { costOf, hasOutput, resultStatus } from '../../nodes/RunComfy/jobs/jobResult';
import { generationFailure } from '../../nodes/RunComfy/jobs/outcomeFailures';
import { deploymentJob } from '../../nodes/RunComfy/shared/job';
import { TOKENS } from '../simulator/accounts';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { withControlledClock } from './support/controlledClock';
import { useDeploymentBench } from './support/deploymentBench';
import { failureOf, openTestTransport } from './support/openTransport';

const { bench, transport, submit, settings } = useDeploymentBench();

const fast = async <T>(work: () => Promise<T>): Promise<T> => (await withControlledClock(work)).value;

describe('a request of a deployment', () => {
	it('runs the saved graph with the values that were sent, and gives its files by node and channel', async () => {
		const { job, status, statusUrl } = await submit();

		expect(status).toBe('in_queue');
		expect(statusUrl).toBe(
			`${bench.simulator.url}/prod/v2/deployments/${DEPLOYMENTS.textToImage}/requests/${job.requestId}/status`,
		);
		expect(bench.simulator.platform.accepted[0]?.graph?.['6']?.inputs.text).toBe('a red boat');
		expect(bench.simulator.platform.accepted[0]?.graph?.['7']?.inputs.text).toBe('text, watermark');
		const result = await openJobs(transport()).readResult(job, true);
		expect(resultStatus(result!)).toBe('succeeded');
		expect(hasOutput(result!)).toBe(true);
		expect(costOf(result!)).toBeUndefined();
		expect(result?.outputs).toEqual({
			'9': { images: [expect.objectContaining({ filename: 'ComfyUI_00001_.png', type: 'output' })] },
			'10': { images: [expect.objectContaining({ type: 'temp' })] },
		});
	});

	it('tells its place in the queue and its state', async () => {
		bench.simulator.nextPlans.push({ queueMs: 3_600_000 }, { runMs: 3_600_000 });
		const queued = await submit();
		const running = await submit();
		const jobs = openJobs(transport());

		expect(await jobs.readStatus(queued.job)).toMatchObject({ status: 'in_queue', queuePosition: 1 });
		expect(await jobs.readStatus(running.job)).toMatchObject({
			status: 'in_progress',
			response: { instance_id: expect.any(String) },
		});
	});

	it.each([
		['canceled', 'cancelled'],
		['cancelled', 'cancelled'],
	] as const)('that says "%s" is cancelled', async (cancelledWord, status) => {
		settings().cancelledWord = cancelledWord;
		bench.simulator.nextPlans.push({ queueMs: 3_600_000 });
		const { job } = await submit();
		const jobs = openJobs(transport());

		expect(await jobs.cancel(job)).toEqual({ outcome: 'cancelled', status: 'cancelled' });
		expect(await jobs.readStatus(job)).toMatchObject({ status, rawStatus: cancelledWord });
		expect(resultStatus((await jobs.readResult(job, false))!)).toBe('cancelled');
	});

	it('that says "succeeded" is completed', async () => {
		settings().completedWord = 'succeeded';
		const { job } = await submit();

		expect(await openJobs(transport()).readStatus(job)).toMatchObject({
			status: 'completed',
			rawStatus: 'succeeded',
		});
	});

	it.each([
		['refused', 'outcome', { outcome: 'not_cancellable', status: 'completed' }, 'in_progress'],
		['refused', 'status', { outcome: 'not_cancellable' }, 'in_progress'],
		['accepted', 'outcome', { outcome: 'cancelled', status: 'cancelled' }, 'cancelled'],
		['accepted', 'status', { outcome: 'cancellation_requested' }, 'cancelled'],
	] as const)('that runs is cancelled where that is %s (answered by %s)', async (cancel, shape, answer, status) => {
		settings().runningCancel = cancel;
		settings().cancelAnswer = shape;
		bench.simulator.nextPlans.push({ runMs: 3_600_000 });
		const { job } = await submit();
		const jobs = openJobs(transport());

		expect(await jobs.cancel(job)).toEqual(answer);
		expect((await jobs.readStatus(job)).status).toBe(status);
	});

	it('has empty outputs where ComfyUI had it cached', async () => {
		settings().cache = 'on';
		const [first, second] = [await submit(), await submit()];
		const jobs = openJobs(transport());

		expect(hasOutput((await jobs.readResult(first.job, false))!)).toBe(true);
		const again = (await jobs.readResult(second.job, false))!;
		expect(resultStatus(again)).toBe('succeeded');
		expect(hasOutput(again)).toBe(false);
	});

	it('waits for a cold start, and the next one does not', async () => {
		settings().coldStartMs = 240_000;
		const [cold, warm] = [await submit(), await submit()];
		const jobs = openJobs(transport());

		expect((await jobs.readStatus(cold.job)).status).toBe('in_queue');
		expect((await jobs.readStatus(warm.job)).status).toBe('completed');
	});

	it('is waited for through half an hour of queue and cold start, with one submit', async () => {
		settings().coldStartMs = 300_000;
		bench.simulator.nextPlans.push({ queueMs: 1_500_000, runMs: 60_000 });
		const outcome = await fast(async () => {
			const { job } = await submit();
			const rate = new RateLimiter(systemClock, STATUS_RATE);
			const watch = new JobWatch({
				jobs: openJobs(transport()),
				clock: systemClock,
				job,
				maxWaitTime: 3_600,
				includeCost: false,
				rate,
				random: Math.random,
				isOwn: true,
			});
			return await new Poller(systemClock, rate).watch(watch);
		});

		expect(outcome).toMatchObject({ kind: 'succeeded', result: { outputs: { '9': { images: [{}] } } } });
		expect(bench.simulator.calls('submit')).toHaveLength(1);
		expect(bench.simulator.calls('status').length).toBeLessThan(200);
	});

	it('of a LoRA has a flat input and `output`', async () => {
		const { job } = await submit({ prompt: 'a red boat', seed: 7 }, DEPLOYMENTS.lora);
		const result = (await openJobs(transport()).readResult(job, false))!;

		expect(bench.simulator.platform.accepted[0]?.input).toEqual({ prompt: 'a red boat', seed: 7 });
		expect(result.output).toEqual({ images: [expect.stringMatching(/^http/)] });
		expect(resultStatus(result)).toBe('succeeded');
		expect(hasOutput(result)).toBe(true);
	});

	it('takes the largest seed digit by digit', async () => {
		await submit('{"overrides":{"3":{"inputs":{"seed":18446744073709551615}}}}');

		expect(bench.simulator.platform.accepted[0]?.bodyText).toContain('"seed":18446744073709551615}');
	});

	it('is unknown to another deployment, to another account, and without a deployment', async () => {
		const { job } = await submit();
		const jobs = openJobs(transport());
		const elsewhere = await failureOf(jobs.readStatus(deploymentJob(job.requestId, DEPLOYMENTS.imageToVideo)));
		const other = openJobs(await openTestTransport(bench, TOKENS.other));

		expect(elsewhere).toMatchObject({
			details: {
				code: 'not_found',
				request_id: job.requestId,
				deployment_id: DEPLOYMENTS.imageToVideo,
				message: `This deployment has no such request (request ${job.requestId})`,
				description: expect.stringContaining('Model Request'),
			},
		});
		expect(await failureOf(other.readStatus(job))).toMatchObject({ details: { code: 'not_found' } });
		expect(await failureOf(jobs.readStatus({ family: 'deployment', requestId: job.requestId }))).toMatchObject({
			details: { code: 'invalid_input' },
		});
	});
});

describe('the reason of a failed run', () => {
	it.each([
		['object', 'it ran out of memory'],
		['list', 'it ran out of memory'],
		['text', 'it ran out of memory'],
		['nodeErrors', 'KSampler #3: sampler_name: Value not in list (it ran out of memory)'],
	] as const)('is read from %s', async (errorAs, reason) => {
		settings().errorAs = errorAs;
		bench.simulator.nextPlans.push({ outcome: 'failed', reason: 'it ran out of memory' });
		const { job } = await submit();
		const result = (await openJobs(transport()).readResult(job, false))!;

		expect(resultStatus(result)).toBe('failed');
		expect(generationFailure(job, result).details).toMatchObject({
			code: 'generation_failed',
			message: expect.stringContaining(`${reason} (request`),
			deployment_id: DEPLOYMENTS.textToImage,
			charged: 'unknown',
		});
	});
});
