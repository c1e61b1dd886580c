import { TestCredentialsHelper } from './support/credentialsHelper';
import { driven, useControlledClock } from './support/controlledClock';
import { runComfyNode } from './support/engine';
import { fieldInput, startBench, type Bench } from './support/setup';

/* What Stop leaves behind: how long its cancels may take, and which runs it concerns. */
let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	// n8n sets timers of its own when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
const clock = useControlledClock();

const states = () => bench.simulator.accepted.map((request) => bench.simulator.requests.stateOf(request));
const started = (parameters: ReturnType<typeof fieldInput>, itemCount = 1) =>
	bench.engine.start(bench.workflow(parameters), {
		credential: bench.credential(),
		items: Array.from({ length: itemCount }, () => ({ json: {} })),
	});

describe('cancels that are not answered', () => {
	it('delay a stopped run for some seconds, and are reported as unknown', async () => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		bench.simulator.fault({ on: 'cancel', action: { type: 'hang' } });
		const pending = started(fieldInput(bench.dreaminaInput()));
		await clock.until('the first read', () => bench.simulator.calls('status').length > 0);
		const stoppedAt = clock.elapsed();
		pending.cancel();
		await clock.until('the word about the cancel', () =>
			bench.engine.log.some(({ message }) => message.includes('outcome unknown')),
		);

		expect(clock.elapsed() - stoppedAt).toBeGreaterThanOrEqual(4_900);
		expect(clock.elapsed() - stoppedAt).toBeLessThanOrEqual(6_000);
		expect(bench.simulator.calls('cancel')).toHaveLength(1);
		await driven(pending).catch(() => {});
	});

	it('hold a run up that a failure ends for no longer', async () => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		bench.simulator.fault({ on: 'cancel', action: { type: 'hang' } });
		bench.simulator.fault({ on: 'submit', skip: 1, action: { type: 'answer', status: 422, body: '{}' } });
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput(), { operation: 'submit', options: { maxConcurrency: 1 } }),
			{ items: [{ json: {} }, { json: {} }] },
		);

		expect(clock.elapsed()).toBeLessThanOrEqual(15_000);
		expect(execution.error('RunComfy')?.message).toContain(
			`Other requests from this run are still running: ${bench.simulator.accepted[0]?.id}`,
		);
		expect(states()).toEqual(['in_queue']);
	});
});

it('Stop while a later node runs leaves alone what an earlier one submitted', async () => {
	bench.simulator.nextPlans.push({ queueMs: 600_000 });
	const workflow = bench.workflow(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
	const later = {
		...runComfyNode({ resource: 'request', operation: 'wait', requestId: '={{ $json.request_id }}' }),
		id: 'later',
		name: 'Later',
	};
	const connections = {
		...workflow.connections,
		RunComfy: { main: [[{ node: 'Later', type: 'main' as const, index: 0 }]] },
	};
	const pending = bench.engine.start(
		{ ...workflow, nodes: [...workflow.nodes, later], connections },
		{ credential: bench.credential(), items: [{ json: {} }] },
	);
	await clock.until('the first read of the later node', () => bench.simulator.calls('status').length > 0);
	pending.cancel();
	await driven(pending).catch(() => {});
	await clock.pass(10_000);

	expect(bench.simulator.calls('cancel')).toHaveLength(0);
	expect(states()).toEqual(['in_queue']);
});

it('Stop while n8n still reads the credential sends nothing at all', async () => {
	const real = TestCredentialsHelper.prototype.getDecrypted;
	const reading = jest.spyOn(TestCredentialsHelper.prototype, 'getDecrypted').mockImplementation(async function (
		this: TestCredentialsHelper,
	) {
		pending.cancel();
		return await real.call(this);
	});
	const pending = started(fieldInput(bench.dreaminaInput()), 3);
	await driven(pending).catch(() => {});
	await clock.pass(5_000);

	expect(reading).toHaveBeenCalled();
	reading.mockRestore();
	expect(bench.simulator.received).toHaveLength(0);
});
