import { driven, useControlledClock } from './support/controlledClock';
import { isEngineOfN8n1 } from './support/engine';
import { fieldInput, startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	// n8n sets timers of its own when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
const clock = useControlledClock();

type Parameters = Required<Bench>['run'] extends (parameters: infer P, ...more: never[]) => unknown ? P : never;

const start = (parameters: Parameters, itemCount = 1, node = {}) =>
	bench.engine.start(bench.workflow(parameters, { node }), {
		credential: bench.credential(),
		items: Array.from({ length: itemCount }, () => ({ json: {} })),
	});

/** Starts a node, stops the execution when it is ready for that, and lets what follows happen. */
async function stopped(parameters: Parameters, ready: () => boolean): Promise<void> {
	const pending = start(parameters);
	await clock.until('the moment to stop', ready);
	pending.cancel();
	await driven(pending).catch(() => {});
}

const isWaiting = () => bench.simulator.calls('status').length > 0;
const cancelLines = () =>
	bench.engine.log.filter(({ message }) => message.includes('cancel sent because the run ended'));
const states = () => bench.simulator.accepted.map((request) => bench.simulator.requests.stateOf(request));

describe('the moment of Stop', () => {
	afterEach(() => {
		bench.simulator.settings.plan.queueMs = 0;
	});

	it.each([1, 20])(
		'ends the waits of %d items and cancels their requests while the clock stands still, and leaves no timer',
		async (itemCount) => {
			bench.simulator.settings.plan.queueMs = 600_000;
			const pending = start(fieldInput(bench.dreaminaInput(), { options: { maxConcurrency: 20 } }), itemCount);
			await clock.until(
				'all are read',
				() => new Set(bench.simulator.calls('status').map(({ path }) => path)).size === itemCount,
			);
			const stoppedAt = clock.elapsed();
			pending.cancel();
			await clock.settle();
			await pending.catch(() => {});

			expect(clock.elapsed()).toBe(stoppedAt);
			expect(cancelLines().map(({ message }) => message.endsWith(', cancelled'))).toEqual(
				Array(itemCount).fill(true),
			);
			expect(states()).toEqual(Array(itemCount).fill('cancelled'));
			expect(bench.simulator.calls('cancel')).toHaveLength(itemCount);
			// The sleep of n8n 1.x cannot be ended; what is left of it does nothing.
			if (!isEngineOfN8n1) expect(jest.getTimerCount()).toBe(0);
		},
	);

	it('does not wait for a submit that is under way before it cancels the others', async () => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		bench.simulator.fault({ on: 'submit', skip: 1, action: { type: 'hang' } });
		const pending = start(fieldInput(bench.dreaminaInput()), 2);
		await clock.until('both submits', () => bench.simulator.calls('submit').length === 2);
		const stoppedAt = clock.elapsed();
		pending.cancel();
		await clock.settle();

		expect(bench.simulator.calls('cancel')).toHaveLength(1);
		expect(clock.elapsed()).toBe(stoppedAt);
		await driven(pending).catch(() => {});
	});

	it('waits some seconds for a submit without a response, and names what may have been accepted', async () => {
		bench.simulator.fault({ on: 'submit', action: { type: 'hang' }, carriedOut: true });
		const pending = start(fieldInput(bench.dreaminaInput()));
		await clock.until('the submit', () => bench.simulator.calls('submit').length === 1);
		const stoppedAt = clock.elapsed();
		pending.cancel();
		await driven(pending).catch(() => {});

		expect(clock.elapsed() - stoppedAt).toBeLessThanOrEqual(15_000);
		expect(bench.engine.log).toContainEqual(
			expect.objectContaining({
				level: 'warn',
				message: expect.stringMatching(
					/stopped before RunComfy responded to the submit of item 0 .*may have been accepted and charged/,
				),
			}),
		);
	});
});

describe('Stop', () => {
	it('sends one cancel for the request that the node submitted', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		await stopped(fieldInput(bench.dreaminaInput()), isWaiting);

		expect(bench.simulator.calls('cancel')).toHaveLength(1);
		expect(states()).toEqual(['cancelled']);
		expect(cancelLines()).toMatchObject([{ level: 'info', message: expect.stringMatching(/, cancelled$/) }]);
	});

	it('is no fault of the node: the log names what still runs, and has no stack trace', async () => {
		bench.simulator.nextPlans.push({ runMs: 60_000 });
		await stopped(fieldInput(bench.dreaminaInput()), isWaiting);

		const lines = bench.engine.log.map(({ message }) => message);
		expect(lines).toContainEqual(
			expect.stringMatching(/^RunComfy: the execution was stopped\. These requests weren't cancelled/),
		);
		expect(lines).toContainEqual(expect.stringMatching(/^The execution was stopped/));
		expect(lines.filter((line) => /\n\s+at /.test(line))).toEqual([]);
	});

	it('cancels a request whose submit was still under way', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		bench.simulator.fault({ on: 'submit', action: { type: 'delay', ms: 200 } });
		await stopped(fieldInput(bench.dreaminaInput()), () => bench.simulator.calls('submit').length > 0);

		expect(states()).toEqual(['cancelled']);
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
		await clock.pass(30_000);

		expect(bench.simulator.calls('cancel')).toHaveLength(cancels);
		// Nothing is asked any more.
		expect(bench.simulator.received).toHaveLength(calls);
	});

	it('submits no further items', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		const pending = start(fieldInput(bench.dreaminaInput(), { options: { maxConcurrency: 1 } }), 2);
		await clock.until('the first read', isWaiting);
		pending.cancel();
		await driven(pending).catch(() => {});
		await clock.pass(30_000);

		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});

	it.each([
		['the first try failed by a time-out', { options: { maxWaitTime: 1 } }, 1],
		['nothing is to be cancelled', { options: { maxWaitTime: 1, cancelOnStop: false } }, 0],
	])('between two tries of Retry On Fail cancels what is queued, when %s', async (_why, more, cancels) => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		const pending = start(fieldInput(bench.dreaminaInput(), more), 1, {
			retryOnFail: true,
			maxTries: 3,
			waitBetweenTries: 5_000,
		});
		await clock.until('the pause', () => clock.elapsed() > 3_000);
		expect(bench.simulator.calls('status').length).toBeGreaterThan(0);
		pending.cancel();
		await clock.settle();
		expect(bench.simulator.calls('cancel')).toHaveLength(cancels);
		await driven(pending).catch(() => {});

		expect(bench.simulator.calls('cancel')).toHaveLength(cancels);
		expect(states()).toEqual([cancels === 1 ? 'cancelled' : 'in_queue']);
		expect(bench.simulator.calls('submit')).toHaveLength(1);
	});
});
