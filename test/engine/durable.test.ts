import { resumeTime } from '../../nodes/RunComfyDurable/resumeTime';
import { all, DURABLE_NODE, DurableRuns, named } from './support/durableRuns';
import { useControlledClock } from './support/controlledClock';
import { startBench, type Bench } from './support/setup';

let bench: Bench;
let runs: DurableRuns;

beforeAll(async () => {
	bench = await startBench();
	runs = new DurableRuns(bench);
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
useControlledClock();

describe('the durable wait', () => {
	it('stores the ids, resumes, and hands on all items together with their own data', async () => {
		bench.simulator.nextPlans.push({ runMs: 50_000 }, { runMs: 600_000 }, { runMs: 300_000 });
		const first = await runs.start({}, named(3));
		expect(first.run.status).toBe('waiting');
		const { execution, waits } = await runs.untilOver({}, first);

		expect(execution.run.status).toBe('success');
		expect(waits).toBeGreaterThan(1);
		expect(all(execution, 'Done').map(({ name, size, status }) => [name, size, status])).toEqual([
			['item 0', 0, 'succeeded'],
			['item 1', 1, 'succeeded'],
			['item 2', 2, 'succeeded'],
		]);
		expect(JSON.stringify(all(execution, 'Done'))).not.toContain('runComfyWait');
		const prompts = new Map(bench.simulator.accepted.map(({ id, input }) => [id, input.prompt]));
		for (const json of all(execution, 'Done')) expect(prompts.get(String(json.request_id))).toBe(json.name);
		expect(bench.simulator.calls('submit')).toHaveLength(3);
	});

	it('hands on items as they finish, each once', async () => {
		bench.simulator.nextPlans.push({ runMs: 700_000 }, { runMs: 0 }, { runMs: 300_000 });
		const settings = { parameters: { returnItems: 'finished' }, donePosition: [400, -200] };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(3)));

		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(['item 1', 'item 2', 'item 0']);
		expect(bench.simulator.calls('submit')).toHaveLength(3);
	});

	it('watches new requests first, so that short ones are not stored', async () => {
		bench.simulator.settings.plan.runMs = 20_000;
		const { execution, waits } = await runs.untilOver(
			{},
			await runs.start({ parameters: { watchSeconds: 60 } }, named(3)),
		);
		bench.simulator.settings.plan.runMs = 0;

		expect(waits).toBe(0);
		expect(all(execution, 'Done')).toHaveLength(3);
	});

	it('submits no more than Max Concurrency at once', async () => {
		bench.simulator.settings.plan.runMs = 250_000;
		const settings = { options: { maxConcurrency: 2 } };
		const first = await runs.start(settings, named(5));
		expect(bench.simulator.accepted).toHaveLength(2);
		const { execution } = await runs.untilOver(settings, first);
		bench.simulator.settings.plan.runMs = 0;

		expect(all(execution, 'Done').map(({ name }) => name)).toEqual(named(5).map(({ json }) => json.name));
		expect(bench.simulator.calls('submit')).toHaveLength(5);
	});

	it('fetches files, and keeps those that items came with', async () => {
		const items = named(1).map((item) => ({
			...item,
			binary: { logo: { data: 'aGVsbG8=', mimeType: 'text/plain', fileName: 'logo.txt' } },
		}));
		bench.simulator.nextPlans.push({ runMs: 150_000 });
		const settings = { parameters: { downloadOutput: true } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, items));

		const [item] = execution.items('Done');
		expect(Object.keys(item?.binary ?? {}).sort()).toEqual(['data', 'logo']);
		expect((await bench.engine.readBinary(item!.binary!.data!)).length).toBeGreaterThan(1000);
	});

	it('waits for requests that were submitted before', async () => {
		bench.simulator.nextPlans.push({ runMs: 200_000 });
		const submit = await bench.run({
			operation: 'submit',
			specifyInput: 'json',
			inputJson: JSON.stringify(bench.dreaminaInput()),
		});
		const items = submit.items('RunComfy').map(({ json }) => ({ json }));
		const settings = { parameters: { operation: 'wait', requestId: '={{ $json.request_id }}' } };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, items));

		expect(all(execution, 'Done')).toMatchObject([
			{ status: 'succeeded', request_id: bench.simulator.accepted[0]?.id },
		]);
	});
});

describe('as a tool of an agent', () => {
	it('waits in process, answers on its only output, and says so', async () => {
		bench.simulator.nextPlans.push({ runMs: 10_000 });
		const execution = await runs.start({ type: 'runComfyDurableTool', outputs: [['Done']] }, named(1));

		expect(all(execution, 'Done')).toMatchObject([
			{ status: 'succeeded', request_id: bench.simulator.accepted[0]?.id },
		]);
		expect(execution.hints(DURABLE_NODE)).toEqual([expect.stringContaining('waits in memory')]);
	});
});

describe('in a sub-workflow', () => {
	it('waits in process, hands its items to Done, and says so', async () => {
		bench.simulator.nextPlans.push({ runMs: 100_000 });
		const execution = await bench.engine.execute(runs.workflow({}), {
			credential: bench.credential(),
			items: named(2),
			mode: 'integrated',
		});

		expect(execution.run.status).toBe('success');
		expect(all(execution, 'Done')).toHaveLength(2);
		expect(execution.hints(DURABLE_NODE)).toEqual([
			expect.stringContaining('In a sub-workflow, this node waits in memory'),
			expect.stringContaining('2 items, 2 requests: 2 succeeded'),
		]);
	});
});

describe('the time of the next round', () => {
	const request = (since: number, deadline = 1e12) => ({ since, deadline });

	it.each([
		['a new request', [request(0)], 0, 75_000],
		['one of ten minutes', [request(0)], 600_000, 750_000],
		['one of ten hours', [request(0)], 36_000_000, 36_600_000],
		['a new one among old ones', [request(0), request(600_000)], 600_000, 675_000],
		['one whose deadline is near', [request(0, 680_000)], 600_000, 680_000],
		['one whose deadline is nearer than n8n stores', [request(0, 605_000)], 600_000, 675_000],
		['none', [], 600_000, 1_200_000],
	])('with %s', (_what, requests, now, at) => expect(resumeTime(requests, now)).toBe(at));
});
