import type { Habits } from '../simulator/habits';
import { useControlledClock } from './support/controlledClock';
import { fieldInput, startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	// n8n loads some of itself when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
useControlledClock();

describe('a paid result arrives from a service', () => {
	it.each<[string, Habits]>([
		['whose replicas know a request late', { unseenReads: 3 }],
		['whose outputs come after the word that they are there', { lateOutputs: 3 }],
		['whose files come late', { lateFiles: { reads: 2, status: 404 } }],
		[
			'with words of its own',
			{ statusWords: { in_queue: 'scheduled', in_progress: 'warming_up', completed: 'done' } },
		],
		['that sends numbers as texts, and large ones', { oddNumbers: true }],
		['that sends what is no number', { noNumbers: true }],
		['that compresses by gzip', { compression: 'gzip' }],
		['that compresses by brotli', { compression: 'br' }],
		['that begins with a byte order mark', { byteOrderMark: true }],
		['behind a cache that mixes answers up', { mixedUpEvery: 2 }],
		['behind a proxy with moods', { proxyEvery: 2 }],
		[
			'with all of these habits',
			{
				unseenReads: 1,
				lateOutputs: 1,
				lateFiles: { reads: 1, status: 503 },
				oddNumbers: true,
				noNumbers: true,
				compression: 'gzip',
				byteOrderMark: true,
				mixedUpEvery: 5,
				proxyEvery: 4,
			},
		],
	])('%s', async (_what, habits) => {
		for (let index = 0; index < 3; index++) bench.simulator.nextPlans.push({ queueMs: 1_000, runMs: 8_000 });
		bench.simulator.settings.habits = habits;
		const execution = await bench.run(fieldInput(bench.dreaminaInput()), {
			items: [{ json: {} }, { json: {} }, { json: {} }],
		});

		expect(execution.error('RunComfy')?.message).toBeUndefined();
		expect(
			execution.items('RunComfy').map(({ json }) => [json.status, json.cost, (json.files as unknown[]).length]),
		).toEqual(Array(3).fill(['succeeded', 0.12, 1]));
		expect(bench.simulator.accepted).toHaveLength(3);
	});
});
