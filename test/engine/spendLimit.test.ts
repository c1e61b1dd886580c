import { DREAMINA, fieldInput, useBench } from './support/setup';

const bench = useBench();

const items = (count: number) => Array.from({ length: count }, (_, index) => ({ json: { index } }));
const limited = (spendLimit: number, more = {}) =>
	fieldInput(bench.dreaminaInput(), { operation: 'submit', options: { spendLimit, maxConcurrency: 4 }, ...more });
const continuing = { onError: 'continueRegularOutput' };

describe('Spend Limit', () => {
	it('lets as many items through as fit, under Continue On Fail', async () => {
		const execution = await bench.run(limited(0.4), { items: items(6), node: continuing });

		expect(bench.simulator.accepted).toHaveLength(3);
		const failures = execution.items('RunComfy').flatMap(({ json }) => (json.error ? [json.error] : []));
		expect(failures).toHaveLength(3);
		expect(failures[0]).toMatchObject({
			code: 'spend_limit',
			charged: 'no',
			model_id: DREAMINA,
			message:
				'Spend Limit of 0.4 USD exceeded: about 0.36 USD are already planned in this run, and this request costs about 0.12 USD',
		});
	});

	it('that cannot hold for all items refuses before anything is bought', async () => {
		const execution = await bench.run(limited(0.4), { items: items(6) });

		expect(bench.simulator.calls('submit')).toHaveLength(0);
		expect(execution.error('RunComfy')?.context.details).toMatchObject({
			code: 'spend_limit',
			charged: 'no',
			message: 'Spend Limit of 0.4 USD exceeded: the 6 items of this run cost about 0.72 USD',
			description: expect.stringContaining('Nothing was submitted or charged.') as string,
		});
	});

	it('counts prices per second by the duration, or by the frames', async () => {
		const model = { __rl: true, mode: 'id', value: 'wan-ai/wan-2.7/text-to-video' } as never;
		const parameters = (duration: number) =>
			({ ...limited(0.3, { model }), modelInput: { value: { prompt: 'x', duration } } }) as never;
		const short = await bench.run(parameters(5), { items: items(1) });
		const long = await bench.run(parameters(10), { items: items(1) });

		expect(short.error('RunComfy')).toBeUndefined();
		expect(long.error('RunComfy')?.message).toContain('this request costs about 0.5 USD');
	});

	it.each(['={{ undefined }}', '={{ null }}', '={{ "" }}', '={{ $json.nothing }}', ''])(
		'that gives nothing is not taken for none: %j',
		async (spendLimit) => {
			const execution = await bench.run(limited(0, { options: { spendLimit } }), { items: items(2) });

			expect(bench.simulator.calls('submit')).toHaveLength(0);
			expect(execution.error('RunComfy')?.context.details).toMatchObject({
				code: 'invalid_input',
				charged: 'no',
				message: expect.stringContaining('Spend Limit') as string,
			});
		},
	);

	it('counts the outputs that the schema counts', async () => {
		const entry = bench.simulator.models.find(({ model_id }) => model_id === DREAMINA)!;
		const kept = { ...entry };
		const schema = entry.input_schema as { properties: object };
		Object.assign(entry, {
			base_price_usd: 0.05,
			price_unit: 'image',
			input_schema: { ...schema, properties: { ...schema.properties, num_images: { type: 'integer' } } },
		});
		const execution = await bench.run(
			fieldInput(bench.dreaminaInput({ num_images: 100 }), { operation: 'submit', options: { spendLimit: 0.1 } }),
		);
		Object.assign(entry, kept);

		expect(bench.simulator.calls('submit')).toHaveLength(0);
		expect(execution.error('RunComfy')?.message).toContain('5 USD');
	});

	it('refuses a model whose price nobody knows', async () => {
		const entry = bench.simulator.models.find(({ model_id }) => model_id === DREAMINA)!;
		const { base_price_usd: kept } = entry;
		entry.base_price_usd = null;
		const execution = await bench.run(limited(5));
		entry.base_price_usd = kept;

		expect(bench.simulator.calls('submit')).toHaveLength(0);
		expect(execution.error('RunComfy')?.message).toContain("can't be estimated");
	});

	it('holds over the tries of Retry On Fail', async () => {
		const node = { retryOnFail: true, maxTries: 5, waitBetweenTries: 0 };
		bench.simulator.fault({ on: 'submit', skip: 1, times: 1, action: { type: 'answer', status: 422, body: '{}' } });
		const execution = await bench.run(limited(0.24, { options: { spendLimit: 0.24, maxConcurrency: 1 } }), {
			items: items(2),
			node,
		});

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(bench.simulator.accepted).toHaveLength(2);
	});

	it('does not count what was certainly not accepted, nor what is found again', async () => {
		// The second submit is refused at the first try, so that the node runs again and finds the first request.
		bench.simulator.fault({ on: 'submit', skip: 1, times: 2, action: { type: 'answer', status: 422, body: '{}' } });
		const options = { spendLimit: 0.24, maxConcurrency: 1 };
		const execution = await bench.run(limited(0.24, { options }), {
			items: items(2),
			node: { retryOnFail: true, maxTries: 4, waitBetweenTries: 0 },
		});

		expect(execution.error('RunComfy')).toBeUndefined();
		expect(bench.simulator.accepted).toHaveLength(2);
		expect(bench.simulator.calls('submit')).toHaveLength(4);
	});
});
