import { fieldInput, useBench } from './support/setup';

const bench = useBench();

const file = (text: string) => ({
	data: Buffer.from(text).toString('base64'),
	mimeType: 'text/plain',
	fileName: 'a.txt',
});
const including = { includeInputFields: true };

describe('Include Input Fields', () => {
	it('adds the fields and files of the input item, and the result wins', async () => {
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { options: including }), {
			items: [
				{
					json: { sku: 'B-7', status: 'draft', cost: 99, error: 'old', runComfyWait: { key: 'x' } },
					binary: { logo: file('logo'), data: file('input') },
				},
			],
		});

		const [item] = execution.items('RunComfy');
		expect(item?.json).toMatchObject({ sku: 'B-7', status: 'succeeded', cost: 0.12 });
		expect(Object.keys(item?.json ?? {})).not.toEqual(expect.arrayContaining(['error']));
		expect(Object.keys(item?.json ?? {})).not.toEqual(expect.arrayContaining(['runComfyWait']));
		expect(item?.binary?.logo).toMatchObject({ fileName: 'a.txt' });
		expect(item?.binary?.data).toMatchObject({ mimeType: 'video/mp4' });
		expect(item?.pairedItem).toEqual({ item: 0 });
	});

	it('passes on nothing that says how another request went, so that no loop waits for it without end', async () => {
		const request = (operation: string) =>
			fieldInput(bench.dreaminaInput(), { operation, options: { ...including, includeCost: false } });
		const stale = {
			timed_out: true,
			waited_seconds: 60,
			reused: true,
			attempts: [{ request_id: 'old' }],
			warnings: ['old'],
			deployment_id: 'old',
		};
		const items = [{ json: { sku: 'B-7', cost: 9, files: ['mine'], ...stale } }];
		const waited = await bench.run({ ...request('submitAndWait'), downloadOutput: false }, { items });
		const submitted = await bench.run(request('submit'), { items });

		for (const execution of [waited, submitted])
			for (const name of Object.keys(stale))
				expect(execution.items('RunComfy')[0]?.json).not.toHaveProperty(name);
		expect(waited.items('RunComfy')[0]?.json).toMatchObject({ sku: 'B-7', files: ['mine'] });
		expect(waited.items('RunComfy')[0]?.json).not.toHaveProperty('cost');
		expect(submitted.items('RunComfy')[0]?.json).toMatchObject({ cost: 9 });
	});

	it('leaves failures as n8n expects them', async () => {
		bench.simulator.nextPlans.push({ outcome: 'failed' });
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { options: including }), {
			items: [{ json: { sku: 'B-7' } }],
			node: { onError: 'continueRegularOutput' },
		});

		expect(Object.keys(execution.items('RunComfy')[0]?.json ?? {})).toEqual(['error']);
	});

	it('is decided for each item, and an expression that gives nothing means no', async () => {
		const options = { includeInputFields: '={{ $json.keep }}', maxConcurrency: 1 };
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { options, operation: 'submit' }), {
			items: [{ json: { sku: 1, keep: true } }, { json: { sku: 2 } }],
		});

		expect(execution.items('RunComfy').map(({ json }) => json.sku)).toEqual([1, undefined]);
	});

	it('that cannot be read refuses before anything is paid', async () => {
		const options = { includeInputFields: '={{ "perhaps" }}' };
		const execution = await bench.run(fieldInput(bench.dreaminaInput(), { options }));

		expect(execution.error('RunComfy')?.message).toContain('Include Input Fields must be true or false');
		expect(bench.simulator.calls('submit')).toHaveLength(0);
	});

	it('works for requests that were submitted before', async () => {
		const submit = await bench.run(fieldInput(bench.dreaminaInput(), { operation: 'submit' }));
		const requestId = String(submit.items('RunComfy')[0]?.json.request_id);
		for (const operation of ['wait', 'getResult', 'getStatus']) {
			const execution = await bench.run(
				{ operation, requestId, options: including },
				{ items: [{ json: { sku: 'B-7', request_id: 'other' } }] },
			);
			expect(execution.items('RunComfy')[0]?.json).toMatchObject({ sku: 'B-7', request_id: requestId });
		}
	});
});
