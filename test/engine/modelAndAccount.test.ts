import { DREAMINA, startBench, type Bench } from './setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());

describe('model', () => {
	it('get returns one entry with its input schema', async () => {
		const model = { __rl: true, mode: 'id', value: DREAMINA };
		const execution = await bench.run({ resource: 'model', operation: 'get', model } as never);

		expect(execution.items('RunComfy').map(({ json }) => json)).toEqual([
			expect.objectContaining({ model_id: DREAMINA, base_price_usd: 0.12, input_schema: expect.any(Object) }),
		]);
	});

	it('get says that a model is unknown', async () => {
		const model = { __rl: true, mode: 'id', value: 'no/such-model' };
		const execution = await bench.run({ resource: 'model', operation: 'get', model } as never);

		expect(execution.error('RunComfy')).toMatchObject({
			message: 'RunComfy does not know the model "no/such-model"',
			context: { details: { code: 'not_found', charged: 'no' } },
		});
	});

	it('get encodes ids with blanks, and keeps the slashes', async () => {
		const model = { __rl: true, mode: 'id', value: 'minimax/Hailuo Video 01 Live' };
		await bench.run({ resource: 'model', operation: 'get', model } as never);

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

	it('get many filters on the server', async () => {
		const filters = { search: 'dreamina', category: 'image-to-video', kind: 'model' };
		const execution = await bench.run({ resource: 'model', operation: 'getAll', returnAll: true, filters });

		expect(execution.items('RunComfy').map(({ json }) => json.model_id)).toEqual([DREAMINA]);
		expect(bench.simulator.calls('models')[0]?.path).toContain('search=dreamina&category=image-to-video&kind=model');
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

			expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'unexpected_response', charged: 'no' });
		},
	);
});
