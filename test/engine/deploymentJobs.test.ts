import { openJobs } from '../../nodes/RunComfy/api/families';
import type { AcceptedJob } from '../../nodes/RunComfy/api/jobApi';
import { submitToDeployment, type Webhook } from '../../nodes/RunComfy/api/deployment/submitToDeployment';
import { RateLimiter } from '../../nodes/RunComfy/execution/rateLimiter';
import { STATUS_RATE } from '../../nodes/RunComfy/execution/jobWatcher';
import { JobWatch } from '../../nodes/RunComfy/jobs/jobWatch';
import { Poller } from '../../nodes/RunComfy/jobs/poller';
import { systemClock } from '../../nodes/RunComfy/shared/clock';
import { costOf, hasOutput, resultStatus } from '../../nodes/RunComfy/jobs/jobResult';
import { generationFailure } from '../../nodes/RunComfy/jobs/outcomeFailures';
import type { ApiTransport } from '../../nodes/RunComfy/transport/apiTransport';
import { deploymentJob } from '../../nodes/RunComfy/shared/job';
import { TOKENS } from '../simulator/accounts';
import { DEPLOYMENTS } from '../simulator/deployments/demoDeployments';
import { FAULT_KINDS } from './support/faultKinds';
import { withControlledClock } from './support/controlledClock';
import { failureOf, openTestTransport } from './support/openTransport';
import { startBench, type Bench } from './support/setup';

let bench: Bench;
let transport: ApiTransport;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(async () => {
	bench.reset();
	transport = await openTestTransport(bench);
});

const PROMPT = { overrides: { '6': { inputs: { text: 'a red boat' } } } };

async function submit(
	body: unknown = PROMPT,
	id: string = DEPLOYMENTS.textToImage,
	webhook?: Webhook,
): Promise<AcceptedJob> {
	const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
	return await submitToDeployment(transport, id, bytes, { webhook });
}

const fast = async <T>(work: () => Promise<T>): Promise<T> => (await withControlledClock(work)).value;
const settings = () => bench.simulator.platform.settings;

describe('a request of a deployment', () => {
	it('runs the saved graph with the values that were sent, and gives its files by node and channel', async () => {
		const { job, status, statusUrl } = await submit();

		expect(status).toBe('in_queue');
		expect(statusUrl).toBe(
			`${bench.simulator.url}/prod/v2/deployments/${DEPLOYMENTS.textToImage}/requests/${job.requestId}/status`,
		);
		expect(bench.simulator.platform.accepted[0]?.graph?.['6']?.inputs.text).toBe('a red boat');
		expect(bench.simulator.platform.accepted[0]?.graph?.['7']?.inputs.text).toBe('text, watermark');
		const result = await openJobs(transport).readResult(job, true);
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
		const jobs = openJobs(transport);

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
		const jobs = openJobs(transport);

		expect(await jobs.cancel(job)).toEqual({ outcome: 'cancelled', status: 'cancelled' });
		expect(await jobs.readStatus(job)).toMatchObject({ status, rawStatus: cancelledWord });
		expect(resultStatus((await jobs.readResult(job, false))!)).toBe('cancelled');
	});

	it('that says "succeeded" is completed', async () => {
		settings().completedWord = 'succeeded';
		const { job } = await submit();

		expect(await openJobs(transport).readStatus(job)).toMatchObject({
			status: 'completed',
			rawStatus: 'succeeded',
		});
	});

	it.each([
		['refused', 'outcome', { outcome: 'not_cancellable', status: 'completed' }, 'in_progress'],
		['refused', 'status', { outcome: 'not_cancellable' }, 'in_progress'],
		['accepted', 'outcome', { outcome: 'cancelled', status: 'cancelled' }, 'cancelled'],
		['accepted', 'status', { outcome: 'cancellation_requested' }, 'cancelled'],
	] as const)('that runs is cancelled where that is %s (told by %s)', async (cancel, shape, answer, status) => {
		settings().runningCancel = cancel;
		settings().cancelAnswer = shape;
		bench.simulator.nextPlans.push({ runMs: 3_600_000 });
		const { job } = await submit();
		const jobs = openJobs(transport);

		expect(await jobs.cancel(job)).toEqual(answer);
		expect((await jobs.readStatus(job)).status).toBe(status);
	});

	it('has empty outputs where ComfyUI had it cached', async () => {
		settings().cache = 'on';
		const [first, second] = [await submit(), await submit()];
		const jobs = openJobs(transport);

		expect(hasOutput((await jobs.readResult(first.job, false))!)).toBe(true);
		const again = (await jobs.readResult(second.job, false))!;
		expect(resultStatus(again)).toBe('succeeded');
		expect(hasOutput(again)).toBe(false);
	});

	it('waits for a cold start, and the next one does not', async () => {
		settings().coldStartMs = 240_000;
		const [cold, warm] = [await submit(), await submit()];
		const jobs = openJobs(transport);

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
				jobs: openJobs(transport),
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
		const result = (await openJobs(transport).readResult(job, false))!;

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
		const jobs = openJobs(transport);
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
		const result = (await openJobs(transport).readResult(job, false))!;

		expect(resultStatus(result)).toBe('failed');
		expect(generationFailure(job, result).details).toMatchObject({
			code: 'generation_failed',
			message: expect.stringContaining(`${reason} (request`),
			deployment_id: DEPLOYMENTS.textToImage,
			charged: 'unknown',
		});
	});
});

describe('the version of the API', () => {
	it.each(['v1', 'both'] as const)('is v2, and v1 only where v2 has no such route (%s)', async (prefix) => {
		settings().prefix = prefix;
		const { job, statusUrl } = await submit();
		await openJobs(transport).readStatus(job);
		await openJobs(transport).readResult(job, false);

		const version = prefix === 'v1' ? 'v1' : 'v2';
		expect(statusUrl).toContain(`/prod/${version}/`);
		const paths = bench.simulator.received.map(({ path }) => path.split('/')[2]);
		expect(paths).toEqual(prefix === 'v1' ? ['v2', 'v1', 'v1', 'v1'] : ['v2', 'v2', 'v2']);
		expect(bench.simulator.platform.accepted).toHaveLength(1);
	});

	it.each([
		['RunComfy says that the deployment is unknown', undefined],
		['a web page says that nothing is there', '<html><h1>Not Found</h1></html>'],
		['the 404 says nothing', '{}'],
	])('stays v2 where %s', async (_what, body) => {
		settings().prefix = 'both';
		if (body) bench.simulator.fault({ on: 'submit', action: { type: 'answer', status: 404, body } });
		const failure = await failureOf(submit(PROMPT, 'd0000000-0000-4000-8000-0000000000aa'));

		expect(failure).toMatchObject({ details: { code: 'not_found', charged: 'no' } });
		expect(bench.simulator.calls('submit').map(({ path }) => path.split('/')[2])).toEqual(['v2']);
	});
});

describe('a submit that is refused', () => {
	const cases = ([200, 403, 422] as const).flatMap((status) => [
		{ status, why: 'insufficient_funds' as const, code: 'insufficient_balance', message: /balance is too low/ },
		{ status, why: 'deleted' as const, code: 'not_found', message: /no deployment "d0000000/ },
		{ status, why: 'disabled' as const, code: 'deployment_disabled', message: /^The deployment .* is disabled/ },
	]);

	it.each(cases)('with $status because of $why is $code', async ({ status, why, code, message }) => {
		settings().refusalStatus = status;
		const deployment = bench.simulator.platform.of(DEPLOYMENTS.textToImage);
		if (why === 'disabled') deployment.is_enabled = false;
		else deployment.refuses = why;
		const failure = await failureOf(submit());

		expect(failure).toMatchObject({
			details: {
				code,
				message: expect.stringMatching(message),
				charged: 'no',
				deployment_id: DEPLOYMENTS.textToImage,
			},
		});
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});

	it.each(['error_code', 'detail', 'http_code'] as const)('names node and input (%s)', async (errorShape) => {
		bench.simulator.settings.errorShape = errorShape;
		const body = { overrides: { '99': { inputs: { text: 'x' } }, '3': { inputs: { steps: 'twenty', nope: 1 } } } };
		const failure = await failureOf(submit(body)).finally(() => {
			bench.simulator.settings.errorShape = 'error_code';
		});

		expect(failure).toMatchObject({ details: { code: 'invalid_input', charged: 'no', http_status: 422 } });
		const isSaid = errorShape !== 'http_code';
		const { description } = (failure as { details: { description: string } }).details;
		expect(description.includes('3.steps: Input should be a number')).toBe(isSaid);
		expect(description.includes('99: Node 99 does not exist in the workflow')).toBe(isSaid);
		expect(bench.simulator.platform.accepted).toEqual([]);
	});

	it('without a deployment, a token or a reachable service says so', async () => {
		expect(await failureOf(submit(PROMPT, DEPLOYMENTS.foreign))).toMatchObject({
			details: { code: 'not_found', message: `RunComfy has no deployment "${DEPLOYMENTS.foreign}"` },
		});
		bench.simulator.fault({
			on: 'submit',
			times: 1,
			action: { type: 'answer', status: 403, body: '{"message":"Forbidden"}' },
		});
		expect(await failureOf(submit())).toMatchObject({ details: { code: 'forbidden', charged: 'no' } });
		transport = await openTestTransport(bench, 'another-token');
		expect(await failureOf(submit())).toMatchObject({ details: { code: 'unauthorized', charged: 'no' } });
	});

	it('by an internal error may have been accepted', async () => {
		const body = '{"http_code":400,"error_code":500001,"message":"Internal"}';
		bench.simulator.fault({ on: 'submit', action: { type: 'answer', status: 400, body } });

		expect(await failureOf(submit())).toMatchObject({
			details: { code: 'submit_outcome_unknown', charged: 'unknown' },
		});
	});
});

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
		const jobs = openJobs(transport);
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
		const jobs = openJobs(transport);

		expect(await failureOf(jobs.readStatus(job))).toMatchObject({ details: { code: 'not_found' } });
		expect((await jobs.readStatus(job)).status).toBe('done');
		expect(hasOutput((await jobs.readResult(job, false))!)).toBe(false);
		expect(hasOutput((await jobs.readResult(job, false))!)).toBe(true);
	});
});

describe('the URL of a webhook', () => {
	const SECRET = 'https://n8n.example.com/webhook-waiting/12?signature=0123456789abcdef&x=a b';

	it('arrives as it is, with the wish for intermediate calls', async () => {
		await submit(PROMPT, DEPLOYMENTS.textToImage, { url: SECRET, intermediate: true });

		const { path } = bench.simulator.calls('submit')[0]!;
		const { searchParams } = new URL(path, bench.simulator.url);
		expect(searchParams.get('webhook')).toBe(SECRET);
		expect(searchParams.get('webhook_intermediate_status')).toBe('true');
	});

	it('may carry the ID of the deployment, which the URLs of the request keep', async () => {
		const url = `https://n8n.example.com/webhook/runs?deployment=${DEPLOYMENTS.textToImage}`;
		const { statusUrl } = await submit(PROMPT, DEPLOYMENTS.textToImage, { url });

		expect(statusUrl).toContain(`/deployments/${DEPLOYMENTS.textToImage}/`);
	});

	it.each([
		['an error', 422, `{"error_code":422001,"error_message":"cannot call ${SECRET}"}`],
		['a validation error', 422, JSON.stringify({ detail: [{ loc: ['query', 'webhook'], msg: `no: ${SECRET}` }] })],
		['a plain text', 400, `cannot call ${encodeURIComponent(SECRET)} now`],
		['a part of it', 400, JSON.stringify({ message: 'refused ?signature=0123456789abcdef&x=a b' })],
	])('is in no failure, also where RunComfy repeats it in %s', async (_what, status, body) => {
		bench.simulator.fault({ on: 'submit', action: { type: 'answer', status, body } });
		const failure = await failureOf(submit(PROMPT, DEPLOYMENTS.textToImage, { url: SECRET }));

		const text = JSON.stringify((failure as { details: object }).details);
		expect(text).toContain('[webhook URL]');
		expect(text).not.toContain('0123456789abcdef');
		expect(JSON.stringify(bench.engine.log)).not.toContain('0123456789abcdef');
	});
});
