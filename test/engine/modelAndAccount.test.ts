import { DREAMINA, jsonInput, useBench } from './support/setup';

const bench = useBench();

describe('model', () => {
	it('get returns one entry with its input schema', async () => {
		const model = { __rl: true, mode: 'id', value: DREAMINA };
		const execution = await bench.run({ resource: 'model', operation: 'get', model });

		expect(execution.items('RunComfy').map(({ json }) => json)).toEqual([
			expect.objectContaining({ model_id: DREAMINA, base_price_usd: 0.12, input_schema: expect.any(Object) }),
		]);
	});

	it('get says that a model is unknown', async () => {
		const model = { __rl: true, mode: 'id', value: 'no/such-model' };
		const execution = await bench.run({ resource: 'model', operation: 'get', model });

		expect(execution.error('RunComfy')).toMatchObject({
			message: 'RunComfy has no model "no/such-model"',
			context: { details: { code: 'not_found', charged: 'no' } },
		});
	});

	it('get names the models that a misspelt ID may mean', async () => {
		const model = { __rl: true, mode: 'id', value: 'bytedance/dreamina-3.0/image-to-video' };
		const execution = await bench.run({ resource: 'model', operation: 'get', model });

		expect(execution.error('RunComfy')).toMatchObject({
			description: expect.stringMatching(/^Did you mean bytedance\/dreamina-3-0\/image-to-video/),
		});
	});

	it('get encodes ids with blanks, and keeps the slashes', async () => {
		const model = { __rl: true, mode: 'id', value: 'minimax/Hailuo Video 01 Live' };
		await bench.run({ resource: 'model', operation: 'get', model });

		expect(bench.simulator.calls('model')[0]?.path).toBe('/v1/models/minimax/Hailuo%20Video%2001%20Live');
	});

	it('get many returns one item a model, up to the limit', async () => {
		const execution = await bench.run({ resource: 'model', operation: 'getAll', limit: 3 });

		const items = execution.items('RunComfy');
		expect(items).toHaveLength(3);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 0 }, { item: 0 }]);
		expect(items[0]?.json).toHaveProperty('base_price_usd');
	});

	it('get many follows the pages', async () => {
		const [first, ...rest] = bench.simulator.models;
		const answer = (models: unknown[], offset: number) =>
			bench.simulator.fault({
				on: 'models',
				times: 1,
				action: { type: 'answer', status: 200, body: JSON.stringify({ models, total: 3, limit: 500, offset }) },
			});
		answer([first], 0);
		answer(rest.slice(0, 2), 1);
		const execution = await bench.run({ resource: 'model', operation: 'getAll', returnAll: true });

		expect(execution.items('RunComfy')).toHaveLength(3);
		expect(bench.simulator.calls('models').map(({ path }) => path)).toEqual([
			'/v1/models?limit=500&offset=0',
			'/v1/models?limit=500&offset=1',
		]);
	});

	it('get many returns all where the catalog does not tell how many there are', async () => {
		const page = (first: number, count: number) => {
			const models = Array.from({ length: count }, (_, index) => ({ model_id: `vendor/model-${first + index}` }));
			const body = JSON.stringify({ models, total: null, limit: 500, offset: first });
			bench.simulator.fault({ on: 'models', times: 1, action: { type: 'answer', status: 200, body } });
		};
		page(0, 500);
		page(500, 120);
		const execution = await bench.run({ resource: 'model', operation: 'getAll', returnAll: true });

		expect(execution.items('RunComfy')).toHaveLength(620);
	});

	it('get many lets the service filter by category and kind, and finds words in any order and spelling itself', async () => {
		const filters = { search: '3.0 dreamina i2v', category: 'image-to-video', kind: 'model' };
		const execution = await bench.run({ resource: 'model', operation: 'getAll', returnAll: true, filters });

		expect(execution.items('RunComfy').map(({ json }) => json.model_id)).toEqual([DREAMINA]);
		expect(bench.simulator.calls('models').map(({ path }) => path)).toEqual([
			'/v1/models?limit=500&offset=0&category=image-to-video&kind=model',
		]);
	});

	it('get many returns the best matches up to the limit', async () => {
		const execution = await bench.run({
			resource: 'model',
			operation: 'getAll',
			limit: 1,
			filters: { search: 'kling 3 pro' },
		});

		expect(execution.items('RunComfy').map(({ json }) => json.model_id)).toEqual([
			'kling/kling-3.0/pro/image-to-video',
		]);
	});
});

describe('the URL of a page', () => {
	const SITE = 'https://www.runcomfy.com/models';
	const atPage = (page: string) => ({ __rl: true, mode: 'url', value: page });
	const get = async (page: string) =>
		await bench.runFast({ resource: 'model', operation: 'get', model: atPage(page) });
	const submit = async (page: string, items = [{ json: {} }]) =>
		await bench.runFast(
			{ ...jsonInput({ prompt: 'a boat' }, { operation: 'submit' }), model: atPage(page) },
			{ items, node: { onError: 'continueRegularOutput' } },
		);
	const catalogFails = (times: number) =>
		bench.simulator.fault({ on: 'models', times, action: { type: 'answer', status: 503, body: '' } });

	it.each([
		['bytedance/seedance-v2/pro', 'bytedance/seedance-2.0/pro'],
		['google/nano-banana-2-lite/api', 'google/nano-banana-2-lite/text-to-image'],
		[`${DREAMINA}/playground?tab=api`, DREAMINA],
	])('%s is that of %s', async (page, id) => {
		const execution = await get(`${SITE}/${page}`);
		expect(execution.items('RunComfy').map(({ json }) => json.model_id)).toEqual([id]);
	});

	it('submits to the model of the page, with one read of the catalog for all items', async () => {
		const items = Array.from({ length: 30 }, () => ({ json: {} }));
		await submit(`${SITE}/bytedance/seedance-v2/pro`, items);
		expect(bench.simulator.accepted.map(({ model }) => model.model_id)).toEqual(
			items.map(() => 'bytedance/seedance-2.0/pro'),
		);
		expect(bench.simulator.calls('models')).toHaveLength(1);
	});

	it.each([
		['kling/kling-3.0', /Models there: kling\/kling-3.0\/4k\/image-to-video, .*pro.*, .*standard/],
		['collections/kling', /isn't the page of a model in RunComfy's catalog/],
	])('%s is refused, and nothing is submitted', async (page, message) => {
		const execution = await submit(`${SITE}/${page}`);
		const [item] = execution.items('RunComfy');
		expect(item?.json.error).toMatchObject({
			code: 'invalid_input',
			charged: 'no',
			message: expect.stringMatching(message),
		});
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('counts as the id where the catalog is down, which RunComfy refuses where it is none', async () => {
		catalogFails(Infinity);
		const items = Array.from({ length: 100 }, () => ({ json: {} }));
		const good = await submit(`${SITE}/bytedance/seedance-2.0/pro`, items);
		expect(good.items('RunComfy').filter(({ json }) => json.error === undefined)).toHaveLength(100);
		// Four tries of the first items, and one at most in each second of the run.
		expect(bench.simulator.calls('models').length).toBeLessThan(15);

		const bad = await submit(`${SITE}/bytedance/seedance-v2/pro`);
		expect(bad.items('RunComfy')[0]?.json.error).toMatchObject({ code: 'not_found', charged: 'no' });
	});

	it('is looked up again when the catalog is back', async () => {
		catalogFails(4);
		const execution = await bench.runFast(
			{
				...jsonInput({ prompt: 'a boat' }, { operation: 'submit', options: { maxConcurrency: 1 } }),
				model: atPage(`${SITE}/bytedance/seedance-v2/pro`),
			},
			{ items: [{ json: {} }, { json: {} }], node: { onError: 'continueRegularOutput' } },
		);
		expect(
			execution.items('RunComfy').map(({ json }) => (json.error as { code?: string } | undefined)?.code),
		).toEqual([undefined, undefined]);
	});
});

describe('account', () => {
	it('get balance', async () => {
		const execution = await bench.run({ resource: 'account', operation: 'getBalance' });

		expect(execution.items('RunComfy')[0]?.json).toEqual({ balance_usd: 25, currency: 'USD' });
	});

	it.each(['{"balance_usd":"25","currency":"USD"}', '{"currency":"USD"}', '{"balance_usd":1}'])(
		'get balance does not make sense of %s',
		async (body) => {
			bench.simulator.fault({ on: 'balance', action: { type: 'answer', status: 200, body } });
			const execution = await bench.run({ resource: 'account', operation: 'getBalance' });

			expect(execution.error('RunComfy')?.context.details).toMatchObject({
				code: 'unexpected_response',
				charged: 'no',
			});
		},
	);
});
