import { until } from '../support/until';
import { isEngineOfN8n1 } from './engine';
import { fieldInput, startBench, type Bench } from './setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	// n8n sets timers of its own when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => {
	bench.reset();
});

/** Starts a node, stops the execution as soon as it waits, and lets what follows happen. */
async function stopped(parameters: Parameters<Bench['run']>[0], ready: () => boolean): Promise<void> {
	const pending = bench.engine.start(bench.workflow(parameters), { credential: bench.credential() });
	await until('the moment to stop', ready);
	pending.cancel();
	await pending.catch(() => {});
}

const isWaiting = () => bench.simulator.calls('status').length > 0;

describe('the moment of Stop', () => {
	const realSetTimeout = setTimeout;
	const soon = async () => await new Promise((resolve) => realSetTimeout(resolve, 1));

	beforeEach(() => {
		jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'clearImmediate', 'queueMicrotask', 'hrtime'] });
	});
	afterEach(() => {
		jest.useRealTimers();
	});

	it.each([1, 20])('ends the waits of %d items and cancels their requests while the clock stands still, and leaves no timer', async (itemCount) => {
		bench.simulator.settings.plan.queueMs = 600_000;
		const pending = bench.engine.start(bench.workflow(fieldInput(bench.dreaminaInput(), { options: { maxConcurrency: 20 } })), {
			credential: bench.credential(),
			items: Array.from({ length: itemCount }, () => ({ json: {} })),
		});
		while (new Set(bench.simulator.calls('status').map(({ path }) => path)).size < itemCount) {
			await soon();
			jest.advanceTimersByTime(50);
		}
		const stoppedAt = Date.now();
		pending.cancel();
		await pending.catch(() => {});
		const outcomes = () => bench.engine.log.filter(({ message }) => message.includes('cancel sent because the run ended, cancelled'));
		while (outcomes().length < itemCount) await soon();
		bench.simulator.settings.plan.queueMs = 0;

		expect(Date.now()).toBe(stoppedAt);
		expect(bench.simulator.accepted.map((request) => bench.simulator.requests.stateOf(request))).toEqual(Array(itemCount).fill('cancelled'));
		expect(bench.simulator.calls('cancel')).toHaveLength(itemCount);
		for (let turn = 0; turn < 20; turn++) await soon();
		// The sleep of n8n 1.x cannot be ended; what is left of it does nothing.
		if (!isEngineOfN8n1) expect(jest.getTimerCount()).toBe(0);
	});

	it('does not wait for a submit that is under way before it cancels the others', async () => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		bench.simulator.fault({ on: 'submit', skip: 1, action: { type: 'hang' } });
		const pending = bench.engine.start(bench.workflow(fieldInput(bench.dreaminaInput())), {
			credential: bench.credential(),
			items: [{ json: {} }, { json: {} }],
		});
		while (bench.simulator.calls('submit').length < 2) {
			await soon();
			jest.advanceTimersByTime(10);
		}
		const stoppedAt = Date.now();
		pending.cancel();
		while (bench.simulator.calls('cancel').length === 0) await soon();

		expect(Date.now()).toBe(stoppedAt);
		jest.advanceTimersByTime(120_000);
		await pending.catch(() => {});
	});
});

describe('Stop', () => {
	it('sends one cancel for the request that the node submitted', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		await stopped(fieldInput(bench.dreaminaInput()), isWaiting);
		await until('the log of the late cancel', () => bench.engine.log.some(({ message }) => message.includes('cancel sent because the run ended')));

		expect(bench.simulator.calls('cancel')).toHaveLength(1);
		expect(bench.simulator.requests.stateOf(bench.simulator.accepted[0]!)).toBe('cancelled');
		const outcome = bench.engine.log.find(({ message }) => message.includes('cancel sent because the run ended'));
		expect(outcome).toMatchObject({ level: 'info', message: expect.stringMatching(/, cancelled$/) });
	});

	it('cancels a request whose submit was still under way', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		bench.simulator.fault({ on: 'submit', action: { type: 'delay', ms: 200 } });
		await stopped(fieldInput(bench.dreaminaInput()), () => bench.simulator.calls('submit').length > 0);
		await until('the cancel', () => bench.simulator.calls('cancel').length > 0);

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
		await until('the first look', isWaiting);
		pending.cancel();
		await pending.catch(() => {});
		await until('the cancel', () => bench.simulator.calls('cancel').length > 0);
		await new Promise((resolve) => setTimeout(resolve, 200));

		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});
});
