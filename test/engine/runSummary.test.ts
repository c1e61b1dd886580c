import { fieldInput, useBench } from './support/setup';

const bench = useBench();

const items = (count: number) => Array.from({ length: count }, () => ({ json: { cost: 77, request_id: 'x' } }));
const CONTINUING = { onError: 'continueRegularOutput' };

describe('the summary of a run', () => {
	it('says what several items did, what they cost, and how long it took', async () => {
		bench.simulator.nextPlans.push({}, { outcome: 'failed' }, { runMs: 90_000 });
		const execution = await bench.runFast(
			fieldInput(bench.dreaminaInput(), { options: { includeInputFields: true, maxConcurrency: 3 } }),
			{ items: items(3), node: CONTINUING },
		);

		expect(execution.hints('RunComfy')).toContainEqual(
			expect.stringMatching(
				/^3 items, 3 requests: 2 succeeded, 1 failed\. Cost: 0\.24 USD \(known for 2 of 3 requests\)\. Time: [12] min(?: \d+ s)?\.$/,
			),
		);
		const run = execution.run.data.resultData.runData.RunComfy?.[0];
		expect(run?.hints).toContainEqual(expect.objectContaining({ type: 'info' }));
	});

	it.each([
		[0.3, '0.60 USD'],
		[0.0125, '0.025 USD'],
		[0.00011, '0.0002 USD'],
		[50, '100.00 USD'],
	])('adds up costs of %d USD each to %s', async (cost, text) => {
		bench.simulator.nextPlans.push({ cost }, { cost });
		const execution = await bench.run(fieldInput(bench.dreaminaInput()), { items: items(2) });

		expect(execution.hints('RunComfy').join()).toContain(`0 failed. Cost: ${text}. Time: `);
	});

	it('tells what runs on, and counts an item without a request as failed only', async () => {
		bench.simulator.nextPlans.push({ queueMs: 600_000 });
		const parameters = fieldInput(bench.dreaminaInput({ number_of_frames: '={{ $itemIndex ? 5 : 121 }}' }), {
			options: { maxWaitTime: 1, onTimeout: 'return' },
		});
		const execution = await bench.runFast(parameters, { items: items(2), node: CONTINUING });

		expect(execution.hints('RunComfy').join()).toMatch(
			/2 items, 1 request: 0 succeeded, 1 failed, 1 still running\. Time: \d s\./,
		);
	});

	it('counts what was only submitted', async () => {
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }), {
			items: items(2),
		});

		expect(execution.hints('RunComfy')).toEqual([
			expect.stringMatching(/^2 items, 2 requests: 2 submitted, 0 failed\. Time: \d+ s\.$/),
		]);
	});

	it('does not count what was reused as a cost', async () => {
		const parameters = fieldInput(bench.dreaminaInput(), { options: { reuseResults: 'always' } });
		await bench.run(parameters, { items: items(2) });
		const execution = await bench.run(parameters, { items: items(2) });

		expect(execution.hints('RunComfy').join()).toMatch(
			/2 items, 2 requests: 2 succeeded, 0 failed, 2 reused and not charged again\. Time: /,
		);
	});

	it('does not count what was reused as submitted', async () => {
		const parameters = fieldInput(bench.dreaminaInput(), {
			operation: 'submit',
			options: { reuseResults: 'always' },
		});
		await bench.run(parameters, { items: items(2) });
		const execution = await bench.run(parameters, { items: items(2) });

		expect(execution.hints('RunComfy').join()).toMatch(
			/2 items, 2 requests: 0 failed, 2 reused and not charged again\. Time: /,
		);
	});

	it('counts the failed attempts of an item that failed in the end', async () => {
		bench.simulator.nextPlans.push({}, { outcome: 'failed' }, { outcome: 'failed' });
		const parameters = fieldInput(bench.dreaminaInput(), { options: { resubmitFailed: 1, maxConcurrency: 1 } });
		const execution = await bench.run(parameters, { items: items(2), node: CONTINUING });

		expect(execution.hints('RunComfy').join()).toMatch(/2 items, 3 requests: 1 succeeded, 1 failed\./);
	});

	it.each([
		['a single item', fieldInput({}), 1],
		['operations that submit nothing', { operation: 'getStatus', requestId: 'none' }, 2],
	])('is left out for %s', async (_what, parameters, count) => {
		const execution = await bench.run(parameters, { items: items(count), node: CONTINUING });

		expect(execution.hints('RunComfy').join()).not.toMatch(/requests?:/);
	});
});
