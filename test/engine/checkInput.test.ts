import type { IDataObject, INodeParameters } from 'n8n-workflow';

import { TOKENS } from '../simulator/accounts';
import { readMedia } from '../simulator/media';
import { useControlledClock } from './support/controlledClock';
import { DREAMINA, jsonInput, startBench, type Bench } from './support/setup';

let bench: Bench;

beforeAll(async () => {
	bench = await startBench();
	await bench.run(jsonInput(bench.dreaminaInput()));
});
afterAll(async () => await bench.stop());
beforeEach(() => bench.reset());
useControlledClock();

const check = (more: IDataObject = {}, parameters: INodeParameters = {}) =>
	jsonInput({ ...bench.dreaminaInput(), ...more }, { operation: 'checkInput', ...parameters });

async function checked(parameters: INodeParameters, more: Parameters<Bench['run']>[1] = {}): Promise<IDataObject> {
	const execution = await bench.run(parameters, more);
	expect(execution.error('RunComfy')?.message).toBeUndefined();
	expect(bench.simulator.calls('submit')).toHaveLength(0);
	return execution.items('RunComfy')[0]?.json ?? {};
}

describe('Check Input', () => {
	it('tells the body that would be sent, and the price', async () => {
		expect(await checked(check({ number_of_frames: '241' }))).toEqual({
			model_id: DREAMINA,
			valid: true,
			problems: [],
			warnings: [],
			input: { ...bench.dreaminaInput(), number_of_frames: 241 },
			estimated_cost_usd: 0.12,
		});
	});

	it('asks which model is meant by an ID that the catalog does not have', async () => {
		const model = { __rl: true, mode: 'id', value: 'kling/kling-3/pro/i2v' } as never;
		expect(await checked(check({}, { model }))).toMatchObject({
			warnings: [
				expect.stringContaining(
					"so the input wasn't checked. Did you mean kling/kling-3.0/pro/image-to-video?",
				),
			],
		});
	});

	it('tells all problems by field', async () => {
		const json = await checked(
			check({ number_of_frames: 100, prompt: '', image_urls: [`${bench.simulator.url}/files/gone/x.png`] }),
		);

		expect(json).toMatchObject({ valid: false, model_id: DREAMINA });
		expect(json.problems).toEqual(
			[
				{ field: 'image_urls', message: expect.stringContaining("doesn't exist (HTTP 404)") as string },
				{ field: 'number_of_frames', message: expect.stringContaining('121 or 241') as string },
				{ field: 'prompt', message: expect.stringContaining('is required, but empty') as string },
			].sort(
				(a, b) =>
					(json.problems as Array<{ field: string }>).findIndex(({ field }) => field === a.field) -
					(json.problems as Array<{ field: string }>).findIndex(({ field }) => field === b.field),
			),
		);
	});

	it.each([
		['input that is no JSON', () => ({ inputJson: '{prompt' })],
		['a model that is none', () => ({ model: { __rl: true, mode: 'id', value: 'nothing' } })],
		[
			'a file that the item does not have',
			() => ({ binaryInputs: { input: [{ field: 'image_urls', binaryPropertyName: 'data' }] } }),
		],
	])('tells of %s as data', async (_what, more) => {
		const json = await checked({ ...check(), ...more() });

		expect(json).toMatchObject({ valid: false, problems: [{ field: '', message: expect.any(String) as string }] });
	});

	it('tells of files instead of writing them out', async () => {
		const { bytes } = readMedia('image-1024x1024.png');
		const binary = { data: { data: bytes.toString('base64'), mimeType: 'image/png', fileName: 'boat.png' } };
		const parameters = {
			...check({ image_urls: undefined }),
			binaryInputs: { input: [{ field: 'image_urls', binaryPropertyName: 'data' }] },
		} as never;
		const json = await checked(parameters, { items: [{ json: {}, binary }] });
		const inline = await checked(check({ image_urls: [`data:image/png;base64,${bytes.toString('base64')}`] }));

		expect((json.input as IDataObject).image_urls).toEqual([
			{ file: 'boat.png', mime_type: 'image/png', bytes: bytes.length },
		]);
		expect(JSON.stringify(inline).length).toBeLessThan(2_000);
		expect((inline.input as IDataObject).image_urls).toMatchObject([{ file: 'data URI', mime_type: 'image/png' }]);
	});

	it('takes the file itself by an expression', async () => {
		const { bytes } = readMedia('image-1024x1024.png');
		const binary = { picture: { data: bytes.toString('base64'), mimeType: 'image/png', fileName: 'boat.png' } };
		const parameters = {
			...check({ image_urls: undefined }),
			binaryInputs: { input: [{ field: 'image_urls', binaryPropertyName: '={{ $binary.picture }}' }] },
		} as never;

		expect((await checked(parameters, { items: [{ json: {}, binary }] })).input).toMatchObject({
			image_urls: [{ file: 'boat.png' }],
		});
	});

	it('fails where the credential does not work', async () => {
		const execution = await bench.run(check(), { token: `${TOKENS.main}wrong` });

		expect(execution.error('RunComfy')?.context.details).toMatchObject({ code: 'unauthorized' });
	});

	it('gives an item for each item, bad ones too', async () => {
		const items = Array.from({ length: 12 }, (_, index) => ({ json: { index } }));
		const inputJson = `={{ JSON.stringify({ ...${JSON.stringify(bench.dreaminaInput())}, number_of_frames: $json.index === 3 ? 100 : 121 }) }}`;
		const execution = await bench.run({ ...check(), inputJson }, { items });

		expect(execution.items('RunComfy').map(({ json }) => json.valid)).toEqual(items.map((_, index) => index !== 3));
	});
});

describe('input by an expression', () => {
	const byExpression = (inputJson: string) => ({ ...check(), inputJson }) as INodeParameters;

	it('is taken as it would be written: dates too', async () => {
		const json = await checked(
			byExpression(`={{ ({ ...${JSON.stringify(bench.dreaminaInput())}, extra: { when: new Date(0) } }) }}`),
		);
		expect((json.input as IDataObject).extra).toEqual({ when: '1970-01-01T00:00:00.000Z' });
	});

	it('that is nested without end is refused', async () => {
		const json = await checked(
			byExpression(`={{ '{"prompt":"x","image_urls":[],"deep":' + '['.repeat(3000) + ']'.repeat(3000) + '}' }}`),
		);
		expect(json).toMatchObject({
			valid: false,
			problems: [{ message: expect.stringContaining('nested too deep') as string }],
		});
	});

	it('with a hundred thousand unknown names is a few warnings', async () => {
		const json = await checked(
			byExpression(
				`={{ JSON.stringify({ ...${JSON.stringify(bench.dreaminaInput())}, ...Object.fromEntries(Array.from({ length: 100000 }, (_, index) => ['n' + index, index])) }) }}`,
			),
		);
		expect((json.warnings as string[]).length).toBeLessThan(20);
	});
});

describe("a file in n8n's memory", () => {
	const { bytes } = readMedia('image-1024x1024.png');
	const base64 = bytes.toString('base64');
	const sentFor = async (data: string, mimeType: string) => {
		const parameters = {
			...jsonInput({ ...bench.dreaminaInput(), image_urls: undefined }, { operation: 'submit' }),
			binaryInputs: { input: [{ field: 'image_urls', binaryPropertyName: 'data' }] },
		} as never;
		const execution = await bench.run(parameters, { items: [{ json: {}, binary: { data: { data, mimeType } } }] });
		expect(execution.error('RunComfy')?.message).toBeUndefined();
		return (bench.simulator.accepted[0]?.input.image_urls as string[])[0];
	};

	it.each([
		['with line breaks', base64.replace(/.{76}/g, '$&\r\n'), 'image/png'],
		['in the alphabet of URLs', bytes.toString('base64url'), 'image/png'],
		['of a type with parameters', base64, 'image/png; name="photo.png"'],
		['of a type that is none', base64, 'изображение/png\n'],
	])('is sent as a data URI that others can read: %s', async (_what, data, mimeType) => {
		expect(await sentFor(data, mimeType)).toBe(`data:image/png;base64,${base64}`);
	});
});
