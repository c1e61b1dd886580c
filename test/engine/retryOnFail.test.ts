import type { FaultAction } from '../simulator/faults';
import { useControlledClock } from './support/controlledClock';
import { fieldInput, useBench } from './support/setup';

const bench = useBench();

const RETRY = { retryOnFail: true, maxTries: 3, waitBetweenTries: 0 };
const answer = (status: number, body = ''): FaultAction => ({ type: 'answer', status, body });
const ids = () => bench.simulator.accepted.map(({ id }) => id);

describe("n8n's Retry On Fail", () => {
	it('waits for a request that was accepted at the first try, and does not pay again', async () => {
		bench.simulator.nextPlans.push({ runMs: 200 });
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput({ seed: '={{ Math.floor(Math.random() * 1e9) }}' }), {
				options: { maxWaitTime: 0 },
			}),
			{
				node: { ...RETRY, waitBetweenTries: 400 },
			},
		);

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ request_id: ids()[0], status: 'succeeded' });
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});

	it('fetches a file again that could not be had', async () => {
		bench.simulator.fault({ on: 'file', times: 1, action: answer(404) });
		const execution = await bench.run(fieldInput(bench.dreaminaInput()), { node: RETRY });

		expect(execution.items('RunComfy')[0]?.json.files).toHaveLength(1);
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});

	it('does not buy again what failed for good', async () => {
		bench.simulator.nextPlans.push({ outcome: 'failed', reason: 'no' });
		const execution = await bench.run(fieldInput(bench.dreaminaInput()), { node: RETRY });

		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'generation_failed',
			request_id: ids()[0],
		});
		expect(bench.simulator.calls('submit')).toHaveLength(1);
		expect(bench.simulator.calls('result')).toHaveLength(3);
	});

	it('does not submit again when it is unknown whether the first submit was accepted', async () => {
		bench.simulator.fault({ on: 'submit', times: 1, action: { type: 'drop' }, carriedOut: true });
		const execution = await bench.run(fieldInput(bench.dreaminaInput()), { node: RETRY });

		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'submit_outcome_unknown',
			charged: 'unknown',
		});
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});

	it('submits again what certainly was not accepted', async () => {
		bench.simulator.fault({ on: 'submit', times: 1, action: answer(422, '{"detail":"busy"}') });
		const execution = await bench.run(fieldInput(bench.dreaminaInput()), { node: RETRY });

		expect(execution.items('RunComfy')[0]?.json.status).toBe('succeeded');
		expect(bench.simulator.accepted).toHaveLength(1);
	});

	it('pays each item once when a later item fails, also under Continue On Fail', async () => {
		const items = [5, 121, 241].map((frames) => ({ json: { frames } }));
		const parameters = fieldInput(bench.dreaminaInput({ number_of_frames: '={{ $json.frames }}' }));
		const execution = await bench.run(parameters, { items, node: { ...RETRY, onError: 'continueRegularOutput' } });

		expect(execution.items('RunComfy').map(({ json }) => json.request_id)).toEqual([undefined, ...ids()]);
		expect(bench.simulator.calls('submit')).toHaveLength(2);
	});

	it('submits again what the run itself cancelled', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 }, {}, {});
		bench.simulator.fault({ on: 'submit', skip: 1, times: 1, action: answer(422, '{}') });
		const items = [{ json: {} }, { json: {} }];
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }), {
			items,
			node: RETRY,
		});

		expect(execution.items('RunComfy').map(({ json }) => json.request_id)).toEqual(ids().slice(1));
		expect(bench.simulator.calls('submit')).toHaveLength(4);
		expect(bench.simulator.requests.stateOf(bench.simulator.accepted[0]!)).toBe('cancelled');
	});

	it('is for one execution: the next one buys again', async () => {
		await bench.run(fieldInput(bench.dreaminaInput()), { node: RETRY });
		await bench.run(fieldInput(bench.dreaminaInput()), { node: RETRY });

		expect(bench.simulator.calls('submit')).toHaveLength(2);
	});
});

describe('an execution that n8n resumes from its database', () => {
	const clock = useControlledClock();
	const parameters = () => fieldInput(bench.dreaminaInput(), { options: { maxWaitTime: 0 } });

	/** Runs until the node's time is up, and then runs the node again from the stored data. */
	async function goneOn(executionId: () => string | undefined) {
		bench.simulator.nextPlans.push({ runMs: 100 });
		const first = await bench.run(parameters());
		expect(first.error('RunComfy')?.context.details).toMatchObject({ code: 'timeout', request_id: ids()[0] });
		await clock.until(
			'the end of the request',
			() => bench.simulator.requests.stateOf(bench.simulator.accepted[0]!) === 'completed',
		);
		return await bench.engine.continueFailed(
			bench.workflow(parameters()),
			{ credential: bench.credential() },
			first,
			executionId(),
		);
	}

	it('finds its request again when it is the same execution', async () => {
		const execution = await goneOn(() => bench.engine.lastExecutionId);

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ request_id: ids()[0], status: 'succeeded' });
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});

	it("buys again when it is a person's Retry, which is another execution", async () => {
		const execution = await goneOn(() => undefined);

		expect(execution.items('RunComfy')[0]?.json).toMatchObject({ request_id: ids()[1], status: 'succeeded' });
	});
});
