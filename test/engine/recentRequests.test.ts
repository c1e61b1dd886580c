import { TOKENS } from '../simulator/accounts';
import { driven, useControlledClock } from './support/controlledClock';
import { DREAMINA, fieldInput, useBench } from './support/setup';

const bench = useBench();

const ids = () => bench.simulator.accepted.map(({ id }) => id);
const getMany = async (more: object = {}, token?: string) =>
	(await bench.run({ operation: 'getMany', ...more }, { token })).items('RunComfy').map(({ json }) => json);
const submit = () => fieldInput(bench.dreaminaInput(), { operation: 'submit' });
const items = (count: number) => Array.from({ length: count }, () => ({ json: {} }));

describe('Get Many of requests', () => {
	it('lists what this process submitted, newest first, without asking RunComfy', async () => {
		await bench.run({ ...submit(), options: { maxConcurrency: 1 } }, { items: items(2) });
		const executionId = bench.engine.lastExecutionId;
		await bench.run(fieldInput(bench.dreaminaInput()));
		const calls = bench.simulator.received.length;
		const listed = await getMany();

		expect(listed).toEqual([
			expect.objectContaining({ request_id: ids()[2], status: 'succeeded', item_index: 0 }),
			expect.objectContaining({ request_id: ids()[1], item_index: 1 }),
			{
				request_id: ids()[0],
				model_id: DREAMINA,
				status: 'in_queue',
				submitted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
				workflow_id: 'workflow',
				execution_id: executionId,
				item_index: 0,
			},
		]);
		expect(bench.simulator.received).toHaveLength(calls);
	});

	it('has a limit', async () => {
		await bench.run(submit(), { items: items(3) });

		expect(await getMany({ limit: 2 })).toHaveLength(2);
		expect(await getMany({ limit: 2, returnAll: true })).toHaveLength(3);
	});

	it('shows nobody the requests of another account', async () => {
		await bench.run(submit());

		expect(await getMany({}, TOKENS.other)).toEqual([]);
	});

	it('knows the last status that anything saw', async () => {
		bench.simulator.nextPlans.push({ outcome: 'failed' }, { queueMs: 60_000 }, {});
		await bench.run(submit());
		await bench.run(submit());
		await bench.run(submit());
		await bench.run({ operation: 'getResult', requestId: ids()[0]! });
		await bench.run({ operation: 'cancel', requestId: ids()[1]! });
		await bench.run({ operation: 'getStatus', requestId: ids()[2]! });
		// The status endpoint says "completed" of a failed one too.
		await bench.run({ operation: 'getStatus', requestId: ids()[0]! });

		expect((await getMany()).map(({ status }) => status)).toEqual(['completed', 'cancelled', 'failed']);
	});

	it('lists a request whose execution failed', async () => {
		bench.simulator.nextPlans.push({ outcome: 'failed' });
		await bench.run(fieldInput(bench.dreaminaInput()));

		expect(await getMany()).toMatchObject([{ request_id: ids()[0], status: 'failed' }]);
	});
});

describe('what Stop leaves behind', () => {
	const clock = useControlledClock();

	async function stopped(plan: object, options: object = {}) {
		bench.simulator.nextPlans.push(plan);
		const parameters = fieldInput(bench.dreaminaInput(), { options: options as never });
		const pending = bench.engine.start(bench.workflow(parameters), { credential: bench.credential() });
		await clock.until('the wait', () => bench.simulator.calls('status').length > 0);
		pending.cancel();
		await driven(pending).catch(() => {});
		return bench.engine.log.filter(({ message }) => message.includes('the execution was stopped'));
	}

	it.each([
		['runs already', { runMs: 600_000 }, {}],
		['is not to be cancelled', { queueMs: 600_000 }, { cancelOnStop: false }],
	])('is named in one line of the log, and found again: a request that %s', async (_what, plan, options) => {
		const lines = await stopped(plan, options);

		expect(lines).toHaveLength(1);
		expect(lines[0]).toMatchObject({ level: 'warn', facts: { requestIds: ids() } });
		expect(lines[0]?.message).toContain(ids()[0]);
		expect(lines[0]?.message).toContain('Get Many');
		expect(JSON.stringify(lines[0])).not.toMatch(/\bat .*:\d+:\d+/);
		expect(await getMany()).toMatchObject([{ request_id: ids()[0] }]);
	});

	it('is not named where it was cancelled', async () => {
		expect(await stopped({ queueMs: 600_000 })).toEqual([]);
		expect(await getMany()).toMatchObject([{ request_id: ids()[0], status: 'cancelled' }]);
	});
});
