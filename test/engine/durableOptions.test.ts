import { all, DurableRuns, named } from './support/durableRuns';
import { driven, useControlledClock } from './support/controlledClock';
import { startBench, type Bench } from './support/setup';

let bench: Bench;
let runs: DurableRuns;

beforeAll(async () => {
	bench = await startBench();
	runs = new DurableRuns(bench);
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
const clock = useControlledClock();

const ids = () => bench.simulator.accepted.map(({ id }) => id);
const REUSING = { options: { reuseResults: 'always' } };
const WITH_TEXT = {
	modelInput: {
		mappingMode: 'defineBelow',
		value: { image_urls: '={{ $json.image }}' },
		matchingColumns: [],
		schema: [],
	} as never,
	textInputs: { input: [{ field: 'prompt', text: '={{ $json.name }}\nsecond line' }] } as never,
};

describe('options of the durable wait', () => {
	it('name files and take long texts as in the other node', async () => {
		bench.simulator.settings.plan.runMs = 100_000;
		const [image] = bench.dreaminaInput().image_urls as string[];
		const settings = {
			parameters: { ...WITH_TEXT, downloadOutput: true },
			options: { fileName: '={{ $json.name }}', includeInputFields: true },
		};
		const items = named(2).map(({ json }) => ({ json: { ...json, image } }));
		const { execution } = await runs.untilOver(settings, await runs.start(settings, items));
		bench.simulator.settings.plan.runMs = 0;

		const done = all(execution, 'Done');
		expect(done.map(({ files }) => (files as Array<{ fileName: string }>)[0]?.fileName)).toEqual([
			'item 0.mp4',
			'item 1.mp4',
		]);
		expect(done.map(({ name }) => name)).toEqual(['item 0', 'item 1']);
		expect(JSON.stringify(done)).not.toContain('runComfyWait');
		expect(bench.simulator.accepted.map(({ input }) => input.prompt).sort()).toEqual([
			'item 0\nsecond line',
			'item 1\nsecond line',
		]);
	});

	it('reuse a request that still runs over all rounds, and say so', async () => {
		bench.simulator.settings.plan.runMs = 600_000;
		const first = await runs.start(REUSING, named(1));
		expect(first.run.status).toBe('waiting');
		const second = await runs.start(REUSING, named(1));
		const { execution, waits } = await runs.untilOver(REUSING, second);
		bench.simulator.settings.plan.runMs = 0;

		expect(waits).toBeGreaterThan(0);
		expect(bench.simulator.calls('submit')).toHaveLength(1);
		expect(all(execution, 'Done')).toMatchObject([{ request_id: ids()[0], status: 'succeeded', reused: true }]);
	});

	it('give equal items requests of their own, also when each waits for its turn over several rounds', async () => {
		bench.simulator.settings.plan.runMs = 600_000;
		const equal = [{ json: { name: 'x' } }, { json: { name: 'x' } }, { json: { name: 'x' } }];
		await runs.start(REUSING, equal);
		const options = { ...REUSING.options, maxConcurrency: 1 };
		const settings = { options, parameters: { returnItems: 'finished' } };
		const { execution, waits } = await runs.untilOver(settings, await runs.start(settings, equal));
		bench.simulator.settings.plan.runMs = 0;

		expect(waits).toBeGreaterThan(0);
		expect(bench.simulator.calls('submit')).toHaveLength(3);
		expect(new Set(all(execution, 'Done').map(({ request_id }) => request_id))).toEqual(new Set(ids()));
	});

	it('do not cancel a reused request at Stop, nor when another item fails in a later round', async () => {
		bench.simulator.nextPlans.push({ queueMs: 3_600_000 });
		await runs.start(REUSING, named(1));
		const stopped = bench.engine.start(runs.workflow({ ...REUSING, parameters: { watchSeconds: 60 } }), {
			credential: bench.credential(),
			items: named(1),
		});
		const before = bench.simulator.calls('status').length;
		await clock.until('a read', () => bench.simulator.calls('status').length > before);
		stopped.cancel();
		await driven(stopped).catch(() => {});
		bench.simulator.nextPlans.push({ runMs: 60_000, outcome: 'failed' });
		const { execution } = await runs.untilOver(REUSING, await runs.start(REUSING, named(2)));

		expect(execution.run.data.resultData.error?.message).toContain('The generation failed');
		expect(bench.simulator.calls('cancel')).toHaveLength(0);
		expect(bench.simulator.calls('submit')).toHaveLength(2);
	});
});
