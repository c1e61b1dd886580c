import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { INPUT_IMAGE } from '../simulator/media';
import { useControlledClock } from './support/controlledClock';
import { DREAMINA, fieldInput, jsonInput, useBench, type Bench } from './support/setup';

const bench = useBench();
const clock = useControlledClock();

const image = () => `${bench.simulator.url}/files/inputs/${INPUT_IMAGE}`;
const withImage = (url: string) => fieldInput(bench.dreaminaInput({ image_urls: url }), { operation: 'submit' });

async function acceptedWithHints(parameters: Parameters<Bench['run']>[0]) {
	const execution = await bench.runFast(parameters);
	expect(execution.error('RunComfy')).toBeUndefined();
	expect(bench.simulator.calls('submit')).toHaveLength(1);
	return execution.hints('RunComfy');
}

describe('a model that changed since the workflow was saved', () => {
	it('is shown on the run; what is still valid is sent', async () => {
		const example = JSON.parse(
			readFileSync(join(__dirname, '..', '..', 'examples', 'image-to-video.json'), 'utf8'),
		) as {
			nodes: Array<{ parameters: { modelInput?: { schema: Array<Record<string, unknown>> } } }>;
		};
		const saved = structuredClone(example.nodes[1]!.parameters.modelInput!.schema);
		const schema = [
			...saved
				.filter(({ id }) => id !== 'seed')
				.map((field) =>
					field.id === 'resolution' ? { ...field, options: [{ name: '720P', value: '720P' }] } : field,
				),
			{ id: 'style', displayName: 'Style', type: 'string', required: false, display: true, defaultMatch: false },
		];
		const value = bench.dreaminaInput({ style: 'noir', resolution: '720P' });
		const modelInput = { mappingMode: 'defineBelow', value, matchingColumns: [], schema };
		const hints = await acceptedWithHints({ operation: 'submit', modelInput } as never);

		expect(hints).toEqual([
			'The inputs of the model have changed since this node was set up (new: Seed (-1 = random); removed from the model, so not sent: Style; changed: Resolution). Open the node and refresh its inputs.',
		]);
		expect(bench.simulator.accepted[0]?.input).toEqual(bench.dreaminaInput({ resolution: '720P' }));
	});

	it('is not shown when nothing changed', async () => {
		const example = JSON.parse(
			readFileSync(join(__dirname, '..', '..', 'examples', 'image-to-video.json'), 'utf8'),
		) as {
			nodes: Array<{ parameters: { modelInput?: { schema: unknown } } }>;
		};
		const schema = example.nodes[1]!.parameters.modelInput!.schema;
		const modelInput = { mappingMode: 'defineBelow', value: bench.dreaminaInput(), matchingColumns: [], schema };

		expect(await acceptedWithHints({ operation: 'submit', modelInput } as never)).toEqual([]);
	});
});

describe('a name that the model does not know', () => {
	it('is sent with a hint, for a slip of the pen would be paid', async () => {
		const hints = await acceptedWithHints(
			jsonInput(bench.dreaminaInput({ resolutoin: '1080P' }), { operation: 'submit' }),
		);
		expect(hints).toEqual([expect.stringContaining('no input "resolutoin"')]);
	});
});

describe('catalog responses', () => {
	const fields = async (token?: string) => {
		const parameters = { model: { __rl: true, mode: 'id', value: DREAMINA } };
		const context = bench.engine.loadOptions(parameters, bench.credential(token));
		return await bench.engine.nodeType.methods!.resourceMapping!.getModelInputFields!.call(context);
	};

	it('are remembered for a minute, for each credential of its own', async () => {
		await fields();
		await fields();
		await bench.run(withImage(image()));
		expect(bench.simulator.calls('model')).toHaveLength(1);
		await fields('simulator-token-other');
		expect(bench.simulator.calls('model')).toHaveLength(2);
		await clock.pass(61_000);
		await fields();
		expect(bench.simulator.calls('model')).toHaveLength(3);
	});

	it('are not remembered when they failed', async () => {
		bench.simulator.fault({ on: 'model', times: 1, action: { type: 'answer', status: 404, body: '{}' } });
		await fields();
		await fields();
		expect(bench.simulator.calls('model')).toHaveLength(2);
	});
});

describe('a catalog that is down', () => {
	const down = (times: number, status = 503) =>
		bench.simulator.fault({ on: 'model', times, action: { type: 'answer', status, body: '' } });
	/** The input lacks a picture, which the model's schema tells, and otherwise the service. */
	const run = async (count: number, maxConcurrency: number) => {
		const model = { __rl: true, mode: 'id', value: 'kling/kling-3.0/pro/image-to-video' };
		const execution = await bench.runFast(
			{ ...jsonInput({ prompt: 'a boat' }, { operation: 'submit', options: { maxConcurrency } }), model },
			{
				items: Array.from({ length: count }, () => ({ json: {} })),
				node: { onError: 'continueRegularOutput' },
			},
		);
		return execution.items('RunComfy').map(({ json }) => (json.error as { message: string }).message);
	};
	const reads = () => bench.simulator.calls('model').length;
	const submits = () => bench.simulator.calls('submit').length;

	it('for a moment is asked again, so that nothing unchecked is bought', async () => {
		down(4);
		const messages = await run(3, 1);

		expect(messages).toEqual(
			[1, 2, 3].map(() => expect.stringContaining('(start_image_url) is required, but empty')),
		);
		expect([reads(), submits()]).toEqual([5, 0]);
	});

	it('for a moment is asked again once for all items that wait', async () => {
		down(4);
		await run(200, 50);

		expect([reads(), submits()]).toEqual([5, 0]);
	});

	it('for the whole run does not make each item wait', async () => {
		down(Infinity);
		await run(200, 10);

		expect(submits()).toBe(200);
		// Four tries for the first items, and at most one in each second that the submits take.
		expect(reads()).toBeLessThan(15);
	});

	it('is not asked again whether it knows the model', async () => {
		down(1, 404);
		await run(20, 2);

		expect([reads(), submits()]).toEqual([1, 20]);
	});
});
