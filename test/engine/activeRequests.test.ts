import { driven, useControlledClock } from './support/controlledClock';
import { fieldInput, useBench } from './support/setup';

const bench = useBench();
const clock = useControlledClock();

const frames = (...counts: number[]) => counts.map((count) => ({ json: { frames: count } }));
const parameters = (more = {}) =>
	fieldInput(bench.dreaminaInput({ number_of_frames: '={{ $json.frames }}' }), {
		options: { maxConcurrency: 1 },
		...more,
	});
const ids = () => bench.simulator.accepted.map(({ id }) => id);
const states = () => bench.simulator.accepted.map((request) => bench.simulator.requests.stateOf(request));

describe('the first failure of a run', () => {
	/** The submit of the item with this index is refused by the service. */
	const refuse = (itemIndex: number) =>
		bench.simulator.fault({
			on: 'submit',
			skip: itemIndex,
			times: 1,
			action: { type: 'answer', status: 422, body: '{}' },
		});

	it('cancels what is queued, names what runs on, and submits nothing more', async () => {
		refuse(2);
		bench.simulator.nextPlans.push({ queueMs: 60_000 }, { runMs: 60_000 });
		const execution = await bench.run(parameters({ operation: 'submit' }), { items: frames(121, 241, 121, 121) });

		const [, runsOn] = ids();
		expect(states()).toEqual(['cancelled', 'in_progress']);
		expect(execution.error('RunComfy')).toMatchObject({
			message: expect.stringContaining(`Other requests from this run are still running: ${runsOn}`),
			context: { itemIndex: 2, details: { code: 'invalid_input', charged: 'no' } },
		});
		expect(bench.simulator.calls('submit')).toHaveLength(3);
	});

	it('leaves finished requests alone, and names them', async () => {
		refuse(1);
		const execution = await bench.run(parameters(), { items: frames(121, 121) });

		expect(bench.simulator.calls('cancel')).toHaveLength(0);
		expect(execution.error('RunComfy')?.message).not.toContain('go on');
		expect(execution.error('RunComfy')?.message).toContain(
			`These requests succeeded and can be fetched: ${ids()[0]}`,
		);
	});

	it('concerns only requests of its own run', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		await bench.run(parameters({ operation: 'submit' }), { items: frames(121) });
		const items = [{ json: { request_id: ids()[0] } }, { json: { request_id: 'no-such-request' } }];
		// The second item fails while the first request, which another run submitted, is being watched.
		bench.simulator.fault({ on: 'status', skip: 1, action: { type: 'delay', ms: 100 } });
		const execution = await bench.run({ operation: 'wait' }, { items });

		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'not_found' });
		expect(states()).toEqual(['in_queue']);
	});

	it('under Continue On Fail cancels nothing', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 });
		await bench.run(parameters({ operation: 'submit' }), {
			items: frames(121, 5),
			node: { onError: 'continueRegularOutput' },
		});

		expect(states()).toEqual(['in_queue']);
	});
});

describe('Stop', () => {
	it('cancels every request of the run that is under way', async () => {
		bench.simulator.nextPlans.push({ queueMs: 60_000 }, { queueMs: 60_000 });
		bench.simulator.fault({ on: 'submit', skip: 1, action: { type: 'delay', ms: 200 } });
		const workflow = bench.workflow(parameters({ operation: 'submit' }));
		const pending = bench.engine.start(workflow, { credential: bench.credential(), items: frames(121, 241, 121) });
		await clock.until('both submits', () => bench.simulator.calls('submit').length === 2);
		pending.cancel();
		await driven(pending).catch(() => {});
		await clock.until('both cancels', () => bench.simulator.calls('cancel').length === 2);

		expect(states()).toEqual(['cancelled', 'cancelled']);
		expect(bench.simulator.calls('submit')).toHaveLength(2);
	});

	it('during a download cancels nothing, for the request is finished', async () => {
		bench.simulator.fault({ on: 'file', action: { type: 'drip', pieces: 50, everyMs: 50 } });
		const pending = bench.engine.start(bench.workflow(parameters()), {
			credential: bench.credential(),
			items: frames(121),
		});
		await clock.until('the download', () => bench.simulator.calls('file').length === 1);
		pending.cancel();
		await driven(pending).catch(() => {});
		await clock.pass(5_000);

		expect(bench.simulator.calls('cancel')).toHaveLength(0);
	});
});
