import { fieldInput, startBench, type Bench } from './setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => {
	bench.reset();
});

const until = async (condition: () => boolean) => {
	while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
};

/** Starts a node, stops the execution as soon as it waits, and lets what follows happen. */
async function stopped(parameters: Parameters<Bench['run']>[0], ready: () => boolean): Promise<void> {
	const pending = bench.engine.start(bench.workflow(parameters), { credential: bench.credential() });
	await until(ready);
	pending.cancel();
	await pending.catch(() => {});
}

const isWaiting = () => bench.simulator.calls('status').length > 0;

describe('Stop', () => {
	it('sends one cancel for the request that the node submitted', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		await stopped(fieldInput(bench.dreaminaInput()), isWaiting);
		await until(() => bench.engine.log.some(({ message }) => message.includes('cancel sent because the run ended')));

		expect(bench.simulator.calls('cancel')).toHaveLength(1);
		expect(bench.simulator.requests.stateOf(bench.simulator.accepted[0]!)).toBe('cancelled');
		const outcome = bench.engine.log.find(({ message }) => message.includes('cancel sent because the run ended'));
		expect(outcome).toMatchObject({ level: 'info', message: expect.stringMatching(/, cancelled$/) });
	});

	it('cancels a request whose submit was still under way', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		bench.simulator.fault({ on: 'submit', action: { type: 'delay', ms: 200 } });
		await stopped(fieldInput(bench.dreaminaInput()), () => bench.simulator.calls('submit').length > 0);
		await until(() => bench.simulator.calls('cancel').length > 0);

		expect(bench.simulator.requests.stateOf(bench.simulator.accepted[0]!)).toBe('cancelled');
		expect(bench.simulator.calls('status')).toHaveLength(0);
	});

	it.each([
		['wait', {}, 0],
		['wait', { cancelOnStop: true }, 1],
		['submitAndWait', { cancelOnStop: false }, 0],
	])('of %s with %j sends %d cancels', async (operation, options, cancels) => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		const submit = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
		const requestId = String(submit.items('RunComfy')[0]?.json.request_id);
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		await stopped(fieldInput(bench.dreaminaInput(), { operation, requestId, options }), isWaiting);
		const calls = bench.simulator.received.length;
		await new Promise((resolve) => setTimeout(resolve, 300));

		expect(bench.simulator.calls('cancel')).toHaveLength(cancels);
		// Nothing is asked any more, the cancel aside.
		expect(bench.simulator.received.length - calls).toBeLessThanOrEqual(cancels);
	});

	it('submits no further items', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		const pending = bench.engine.start(bench.workflow(fieldInput(bench.dreaminaInput())), {
			credential: bench.credential(),
			items: [{ json: {} }, { json: {} }],
		});
		await until(isWaiting);
		pending.cancel();
		await pending.catch(() => {});
		await until(() => bench.simulator.calls('cancel').length > 0);
		await new Promise((resolve) => setTimeout(resolve, 200));

		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});
});
