import { driven, useControlledClock } from './support/controlledClock';
import { fieldInput, useBench } from './support/setup';

const bench = useBench();

const FREE_FAILURE = { outcome: 'failed' as const, reason: 'worker lost' };
const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
const ids = () => bench.simulator.accepted.map(({ id }) => id);
const submits = () => bench.simulator.calls('submit').length;
const resubmitting = (resubmitFailed: unknown, more: object = {}) =>
	fieldInput(bench.dreaminaInput(), { options: { resubmitFailed, ...more } as never });

describe('Resubmit Failed', () => {
	it('submits again what failed without a charge, and lists the failed requests', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE, { ...FREE_FAILURE, reason: 'worker lost again' });
		const execution = await bench.run(resubmitting(3));

		const [item] = execution.items('RunComfy');
		expect(submits()).toBe(3);
		expect(item?.json).toMatchObject({
			request_id: ids()[2],
			status: 'succeeded',
			attempts: [
				{ request_id: ids()[0], reason: 'worker lost' },
				{ request_id: ids()[1], reason: 'worker lost again' },
			],
		});
	});

	it('asks for the cost that it depends on, whatever Include Cost says', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE);
		const execution = await bench.run(resubmitting(1, { includeCost: false }));

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
	});

	it('ends with a failure that names all requests', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE, FREE_FAILURE, FREE_FAILURE);
		const execution = await bench.run(resubmitting(2));

		expect(submits()).toBe(3);
		const error = execution.error('RunComfy');
		expect(error?.context.details).toMatchObject({
			code: 'generation_failed',
			request_id: ids()[2],
			charged: 'no',
		});
		for (const id of ids()) expect(error?.message.split(id)).toHaveLength(2);
		expect(error?.description).not.toContain('set Resubmit Failed');
	});

	it.each([
		['was charged', { cost: 0.12 }],
		['may have been charged', { cost: 'much' as never }],
		['has a charge that makes no sense', { cost: -1 }],
	])('does not pay again for a failure that %s', async (_what, plan) => {
		bench.simulator.nextPlans.push({ ...FREE_FAILURE, ...plan });
		const execution = await bench.run(resubmitting(3));

		expect(submits()).toBe(1);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'generation_failed' });
	});

	it('does not submit again what was cancelled, timed out, or whose files are missing', async () => {
		bench.simulator.nextPlans.push({ resultWord: 'cancelled' });
		await bench.runFast(resubmitting(3));
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		await bench.runFast(resubmitting(3, { maxWaitTime: 1 }));
		bench.simulator.fault({ on: 'file', action: { type: 'answer', status: 410 } });
		await bench.runFast(resubmitting(3));

		expect(submits()).toBe(3);
	});

	it.each([4, -1, 'many'])('refuses %j before anything is paid', async (resubmitFailed) => {
		const execution = await bench.run(resubmitting(resubmitFailed));

		expect(execution.error('RunComfy')?.message).toContain('Resubmit Failed must be a number from 0 to 3');
		expect(submits()).toBe(0);
	});

	it('counts each submit for Spend Limit, and says why it stopped', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE, FREE_FAILURE);
		const execution = await bench.run(resubmitting(3, { spendLimit: 0.24 }));

		expect(submits()).toBe(2);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'generation_failed',
			request_id: ids()[1],
			description: expect.stringMatching(/wasn't submitted again: Spend Limit of 0.24 USD/) as string,
		});
		expect(execution.error('RunComfy')?.message).toContain(ids()[0]);
	});

	it('names the failed request when the next submit is refused', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE);
		bench.simulator.fault({ on: 'submit', skip: 1, action: { type: 'answer', status: 402, body: '{}' } });
		const execution = await bench.run(resubmitting(3), { node: { onError: 'continueRegularOutput' } });

		expect(submits()).toBe(2);
		const error = execution.items('RunComfy')[0]?.json.error;
		expect(error).toMatchObject({
			code: 'insufficient_balance',
			charged: 'no',
			request_id: ids()[0],
			message: expect.stringContaining(ids()[0]!) as string,
		});
	});

	it('never submits again after a submit without an answer, also under Retry On Fail', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE);
		bench.simulator.fault({ on: 'submit', skip: 1, action: { type: 'drop' }, carriedOut: true });
		const execution = await bench.runFast(resubmitting(3), { node: RETRY });

		expect(submits()).toBe(2);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'submit_outcome_unknown',
			charged: 'unknown',
		});
		expect(execution.error('RunComfy')?.message).toContain(ids()[0]);
	});

	it('is not multiplied by Retry On Fail', async () => {
		bench.simulator.settings.plan.outcome = 'failed';
		const execution = await bench.run(resubmitting(2), { node: RETRY });
		bench.simulator.settings.plan.outcome = 'succeeded';

		expect(submits()).toBe(3);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({ request_id: ids()[2] });
	});

	it('continues in the next try of Retry On Fail where the first one ended', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE, { runMs: 3_000 });
		const execution = await bench.runFast(resubmitting(1, { maxWaitTime: 1 }), {
			node: { ...RETRY, waitBetweenTries: 5_000 },
		});

		expect(submits()).toBe(2);
		expect(execution.items('RunComfy')[0]?.json).toMatchObject({
			request_id: ids()[1],
			status: 'succeeded',
			attempts: [{ request_id: ids()[0] }],
		});
	});

	it('is off unless it is set, and the failure says so', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE);
		const execution = await bench.run(resubmitting('={{ undefined }}'));

		expect(submits()).toBe(1);
		expect(execution.error('RunComfy')?.description).toContain("Retry On Fail doesn't submit it again");
		expect(execution.error('RunComfy')?.description).toContain('Resubmit Failed');
	});

	it('of one item does not touch the others', async () => {
		bench.simulator.nextPlans.push({}, FREE_FAILURE, {}, {});
		const execution = await bench.run(resubmitting(1, { maxConcurrency: 1 }), {
			items: [{ json: {} }, { json: {} }, { json: {} }],
		});

		expect(submits()).toBe(4);
		expect(execution.items('RunComfy').map(({ json }) => json.request_id)).toEqual([ids()[0], ids()[2], ids()[3]]);
	});
});

describe('Stop during another attempt', () => {
	const clock = useControlledClock();

	it('cancels the request that took the place of the failed one', async () => {
		bench.simulator.nextPlans.push(FREE_FAILURE, { queueMs: 600_000 });
		const pending = bench.engine.start(bench.workflow(resubmitting(3)), { credential: bench.credential() });
		await clock.until('the second wait', () =>
			bench.simulator.calls('status').some(({ path }) => path.includes(ids()[1] ?? 'none')),
		);
		pending.cancel();
		await driven(pending).catch(() => {});

		expect(bench.simulator.calls('cancel').map(({ path }) => path)).toEqual([expect.stringContaining(ids()[1]!)]);
		expect(submits()).toBe(2);
	});
});
