import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { driven, useControlledClock } from './support/controlledClock';
import { all, DURABLE_NODE, DurableRuns, named } from './support/durableRuns';
import { DREAMINA, fieldInput, jsonInput, startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	// n8n loads some of itself when it runs a node for the first time.
	await bench.run(fieldInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
const clock = useControlledClock();

const RETRY = { retryOnFail: true, maxTries: 2, waitBetweenTries: 0 };
const CONTINUE = { onError: 'continueRegularOutput' };
/** Frames that the model has, but for every seventh item. */
const FRAMES = '={{ $json.index % 7 === 3 ? 100 : 121 }}';
const items = (count: number) => Array.from({ length: count }, (_, index) => ({ json: { index } }));
const json = (more: IDataObject = {}): INodeParameters => jsonInput({ ...bench.dreaminaInput(), ...more }, {});
/** Input as JSON by an expression, so that each item has its own. */
const perItem = (expression: string, more: INodeParameters = {}) =>
	({ ...json(), inputJson: expression, ...more }) as INodeParameters;
const withFrames = (more: INodeParameters = {}) =>
	perItem(
		`={{ JSON.stringify({ ...${JSON.stringify(bench.dreaminaInput())}, number_of_frames: $json.index % 7 === 3 ? 100 : 121 }) }}`,
		more,
	);
const details = (execution: Awaited<ReturnType<Bench['run']>>, node = 'RunComfy') =>
	execution.error(node)?.context.details as Record<string, string> | undefined;
const submits = () => bench.simulator.calls('submit');

describe('a run of which some items are bad', () => {
	it('buys nothing, and names all of them', async () => {
		const execution = await bench.run(withFrames(), { items: items(20) });

		expect(submits()).toHaveLength(0);
		expect(details(execution)).toMatchObject({
			code: 'invalid_input',
			charged: 'no',
			retryable: false,
			model_id: DREAMINA,
		});
		expect(details(execution)?.message).toMatch(
			/^3 of 20 items can't be submitted\. Item 3: .*121 or 241.*; Item 10: .*; Item 17: .*$/,
		);
		expect(details(execution)?.description).toMatch(
			/^Nothing was submitted or charged\. Correct .* set On Error to Continue in .*\.$/,
		);
		expect(execution.error('RunComfy')?.context.itemIndex).toBe(3);
	});

	it('names ten and counts the rest', async () => {
		const execution = await bench.run(withFrames(), { items: items(200) });

		expect(details(execution)?.message).toMatch(/^29 of 200 items can't .*Item 66: [^;]*; and 19 more$/);
		expect(details(execution)?.message?.length).toBeLessThan(8_000);
	});

	it('continues with the others under Continue On Fail', async () => {
		const execution = await bench.run(withFrames(), { items: items(10), node: CONTINUE });

		expect(submits()).toHaveLength(9);
		expect(execution.items('RunComfy')).toHaveLength(10);
		expect(execution.items('RunComfy')[3]?.json.error).toMatchObject({
			code: 'invalid_input',
			charged: 'no',
			description: expect.stringContaining('This item was not submitted or charged.') as string,
		});
		expect(execution.items('RunComfy')[4]?.json.status).toBe('succeeded');
	});

	it('says of one item that it is one', async () => {
		const execution = await bench.run(withFrames(), { items: items(5) });

		expect(details(execution)?.message).toMatch(
			/^1 of 5 items can't be submitted\. Item 3: The input doesn't fit the model: /,
		);
	});

	it('tells of a single item as before', async () => {
		const execution = await bench.run(json({ number_of_frames: 100 }));

		expect(details(execution)?.message).toMatch(/^The input doesn't fit the model: /);
		expect(details(execution)?.description).toMatch(/^Nothing was submitted or charged\. /);
	});

	it('names the model of each item where they differ', async () => {
		const model = {
			__rl: true,
			mode: 'id',
			value: `={{ $json.index === 0 ? '${DREAMINA}' : 'wan-ai/wan-2.7/text-to-video' }}`,
		} as never;
		const execution = await bench.run(perItem('{}', { model }), { items: items(2) });

		expect(details(execution)?.message).toContain(`Item 0 (${DREAMINA}): `);
		expect(details(execution)?.message).toContain('Item 1 (wan-ai/wan-2.7/text-to-video): ');
	});

	it('reads the expressions of an item once', async () => {
		const seed = '={{ Math.floor(Math.random() * 1000000) }}';
		const parameters = fieldInput(bench.dreaminaInput({ seed, number_of_frames: FRAMES }));
		await bench.run(parameters, { items: items(3) });
		const seen = submits().map(({ body }) => JSON.stringify(body));

		expect(new Set(seen).size).toBe(3);
	});
});

describe('all mistakes of an item', () => {
	it('are reported together, including a file that does not exist', async () => {
		const execution = await bench.run(
			json({ number_of_frames: 100, seed: 'x', image_urls: [`${bench.simulator.url}/files/gone/nothing.png`] }),
		);
		const message = details(execution)?.message;

		expect(message).toContain('121 or 241');
		expect(message).toContain('Seed');
		expect(message).toContain("doesn't exist (HTTP 404)");
	});

	it.each([
		['an empty prompt', () => ({ prompt: '' })],
		['a file that is gone', () => ({ image_urls: [`${bench.simulator.url}/files/gone/nothing.png`] })],
	])('are not blamed on the schema: %s', async (_what, more) => {
		const execution = await bench.run(json(more()));

		expect(details(execution)?.description).not.toContain('Warn');
	});

	it('that a schema could have wrong come with the way round it', async () => {
		expect(details(await bench.run(json({ number_of_frames: 100 })))?.description).toContain('Warn');
	});
});

describe('Retry On Fail', () => {
	it('does not check what has a request already, and says truthfully what was bought', async () => {
		bench.simulator.nextPlans.push({ runMs: 3_600_000 }, { runMs: 3_600_000 });
		const parameters = fieldInput(bench.dreaminaInput(), { options: { maxWaitTime: 5, maxConcurrency: 2 } });
		const execution = await bench.run(parameters, { items: items(2), node: RETRY });

		expect(submits()).toHaveLength(2);
		expect(bench.simulator.calls('media')).toHaveLength(1);
		expect(details(execution)).toMatchObject({ code: 'timeout' });
	});

	it('does not say that nothing was submitted when an earlier try did', async () => {
		// The second item is good at the first try, where its submit fails, and bad at the next one.
		bench.simulator.nextPlans.push({ runMs: 3_600_000 });
		bench.simulator.fault({ on: 'submit', skip: 1, times: 1, action: { type: 'answer', status: 422, body: '{}' } });
		const credential = { ...bench.credential() };
		const workflow = bench.workflow(
			fieldInput(bench.dreaminaInput({ seed: '={{ $json.index }}' }), { options: { maxConcurrency: 2 } }),
			{ node: { ...RETRY, waitBetweenTries: 4_000 } },
		);
		const pending = bench.engine.start(workflow, { credential, items: items(2) });
		await clock.until('the pause', () => submits().length === 2 && clock.elapsed() > 1_000);
		bench.simulator.fault({ on: 'media', action: { type: 'answer', status: 404, body: '' } });
		const run = await driven(pending);

		const error = run.data.resultData.runData.RunComfy?.[0]?.error as unknown as {
			message: string;
			description: string;
		};
		expect(bench.simulator.accepted).toHaveLength(1);
		expect(error.message).toContain('1 of 2 items');
		expect(error.message).toContain(bench.simulator.accepted[0]!.id);
		expect(error.description).not.toContain('Nothing was');
	});
});

describe('the durable node', () => {
	const bad = { number_of_frames: '={{ $json.size % 7 === 3 ? 100 : 121 }}' };
	const parameters = () => fieldInput(bench.dreaminaInput({ prompt: '={{ $json.name }}', ...bad }));

	it('checks all items before the first submit, also those whose turn comes later', async () => {
		const runs = new DurableRuns(bench);
		const execution = await runs.start({ parameters: parameters(), options: { maxConcurrency: 1 } }, named(20));

		expect(submits()).toHaveLength(0);
		expect(details(execution, DURABLE_NODE)?.message).toMatch(/^3 of 20 items can't be submitted\. Item 3: /);
	});

	it('plans the spend limit over all of them', async () => {
		const runs = new DurableRuns(bench);
		const execution = await runs.start({ options: { maxConcurrency: 1, spendLimit: 0.3 } }, named(3));

		expect(submits()).toHaveLength(0);
		expect(details(execution, DURABLE_NODE)).toMatchObject({ code: 'spend_limit' });
	});

	it('buys all that fit, over its rounds', async () => {
		const runs = new DurableRuns(bench);
		const settings = { parameters: parameters(), options: { maxConcurrency: 2, spendLimit: 0.65 }, node: CONTINUE };
		const { execution } = await runs.untilOver(settings, await runs.start(settings, named(8)));

		expect(bench.simulator.accepted).toHaveLength(5);
		const failures = all(execution, 'Done').flatMap((item) =>
			item.error ? [(item.error as { code: string }).code] : [],
		);
		expect(failures.sort()).toEqual(['invalid_input', 'spend_limit', 'spend_limit']);
	});

	it('names the requests of items that have left when a later round refuses', async () => {
		const runs = new DurableRuns(bench);
		const settings = { parameters: { ...parameters(), returnItems: 'finished' }, options: { maxConcurrency: 1 } };
		// The picture is there at the first look, and gone in the second round.
		bench.simulator.fault({ on: 'media', skip: 1, action: { type: 'answer', status: 404, body: '' } });
		const first = await runs.start(settings, named(3));
		const { execution } = await runs.untilOver(settings, first);
		const error = execution.error(DURABLE_NODE);

		for (const { id } of bench.simulator.accepted) expect(error?.message).toContain(id);
		expect(bench.simulator.accepted.length).toBeGreaterThan(0);
		expect(error?.description).not.toContain('Nothing was');
	});
});
