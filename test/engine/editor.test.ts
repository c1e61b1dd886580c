import type { ILoadOptionsFunctions, INodeParameters } from 'n8n-workflow';

import { readExamples } from '../e2e/examples';
import { DREAMINA, startBench, type Bench } from './setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());

const context = (parameters: INodeParameters, credential = bench.credential() as never) =>
	bench.engine.loadOptions(parameters, credential) as unknown as ILoadOptionsFunctions;

async function searchModels(filter?: string, paginationToken?: string) {
	return await bench.engine.nodeType.methods!.listSearch!.searchModels!.call(context({}), filter, paginationToken);
}

async function fieldsOf(model: unknown, credential?: never) {
	const parameters = { model } as INodeParameters;
	return await bench.engine.nodeType.methods!.resourceMapping!.getModelInputFields!.call(context(parameters, credential));
}

const chosen = (value: string) => ({ __rl: true, mode: 'list', value });

describe('the model list', () => {
	it('shows name, price, category and id, page by page', async () => {
		const first = await searchModels();
		const second = await searchModels(undefined, first.paginationToken as string);

		expect(first.results).toHaveLength(50);
		expect(first.paginationToken).toBe('50');
		expect(second.paginationToken).toBeUndefined();
		expect([...first.results, ...second.results].map(({ value }) => value)).toEqual(
			bench.simulator.models.map(({ model_id }) => model_id),
		);
	});

	it('is searched by the service', async () => {
		const { results } = await searchModels('DREAMINA');

		expect(results).toEqual([
			{
				name: 'Dreamina 3.0 Image to Video',
				value: DREAMINA,
				description: `from $0.12 per output · image-to-video · ${DREAMINA}`,
				url: `https://www.runcomfy.com/models/${DREAMINA}`,
			},
		]);
	});

	it('says what is wrong when it cannot be had', async () => {
		bench.simulator.fault({ on: 'models', action: { type: 'answer', status: 401, body: '{}' } });

		await expect(searchModels()).rejects.toThrow('RunComfy did not accept the API token');
	});
});

describe('the form', () => {
	it("has Dreamina's fields, with what a person has to know in their names", async () => {
		const { fields } = await fieldsOf(chosen(DREAMINA));

		expect(fields.map(({ displayName, type, defaultValue }) => [displayName, type, defaultValue])).toEqual([
			['Prompt * (max 800 chars)', 'string', undefined],
			['Image * (URL, < 4.7 MB)', 'string', undefined],
			['Number of Frames', 'options', 121],
			['Resolution', 'options', '720P'],
			['Seed (-1 = random)', 'number', -1],
		]);
		expect(fields[2]?.options).toEqual([
			{ name: '121 (≈ 5 s)', value: 121 },
			{ name: '241 (≈ 10 s)', value: 241 },
		]);
		expect(bench.simulator.received).toHaveLength(1);
	});

	it.each(readExamples())('of the example "$name" is the current one', async ({ nodes }) => {
		for (const { parameters } of nodes.filter((node) => node.parameters.modelInput !== undefined)) {
			const { model, modelInput } = parameters as unknown as { model: { value: string }; modelInput: { schema: unknown } };
			expect(modelInput.schema).toEqual((await fieldsOf(chosen(model.value))).fields);
		}
	});

	it('comes from the bundled schema when the catalog cannot be reached', async () => {
		const live = await fieldsOf(chosen(DREAMINA));
		bench.simulator.fault({ on: 'model', action: { type: 'answer', status: 404, body: '{}' } });

		expect(await fieldsOf(chosen(DREAMINA))).toEqual(live);
		expect(await fieldsOf(chosen(DREAMINA), { apiToken: '' } as never)).toEqual(live);
	});

	it.each([
		['there is no model yet', '', 'Pick a model first'],
		['the model is an expression', '={{ $json.model }}', 'comes from an expression'],
		['the model is unknown', 'no/such-model', 'does not have the model no/such-model. Check Model'],
		['the model is no id', 'nonsense', 'neither a model ID'],
	])('is a notice when %s', async (_what, value, notice) => {
		expect(await fieldsOf(chosen(value))).toEqual({ fields: [], emptyFieldsNotice: expect.stringContaining(notice) });
	});

	it('has fields for every model of the catalog, the same each time', async () => {
		for (const { model_id, inputs } of bench.simulator.models) {
			const first = await fieldsOf(chosen(model_id));
			expect(first.fields.map(({ id }) => id).sort()).toEqual([...inputs].sort());
			expect(await fieldsOf(chosen(model_id))).toEqual(first);
		}
	});
});
