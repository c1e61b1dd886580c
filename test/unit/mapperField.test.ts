import { toMapperField } from '../../nodes/RunComfy/methods/mapperField';
import { inputLabel } from '../../nodes/RunComfy/schema/inputHints';
import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { loadCatalog } from '../simulator/catalog';

const fieldOf = (schema: object, required: string[] = []) =>
	toMapperField(describeModelInputs({ properties: { value: schema }, required })!.inputs[0]!);

describe('the field of an input', () => {
	it.each([
		[
			{ type: 'string', default: 'a sample' },
			{ type: 'string', defaultValue: undefined },
		],
		[
			{ type: 'string', format: 'image_uri', default: 'https://a.example/sample.png' },
			{ type: 'string', defaultValue: undefined },
		],
		[
			{ type: 'integer', default: 0 },
			{ type: 'number', defaultValue: 0 },
		],
		[
			{ type: 'integer', default: null },
			{ type: 'number', defaultValue: undefined },
		],
		[
			{ type: 'boolean', default: true },
			{ type: 'boolean', defaultValue: true, removed: undefined },
		],
		[{ type: 'boolean' }, { type: 'boolean', defaultValue: undefined, removed: true }],
		[
			{ enum: [1, 2], default: 2 },
			{
				type: 'options',
				defaultValue: 2,
				options: [
					{ name: '1', value: 1 },
					{ name: '2', value: 2 },
				],
			},
		],
		[
			{ enum: [1, 2], default: 3 },
			{ type: 'options', defaultValue: undefined },
		],
		[{ type: 'array', items: { type: 'string' } }, { type: 'string' }],
		[{ type: 'array', items: { type: 'object' } }, { type: 'array' }],
		[{ type: 'object' }, { type: 'object' }],
		[{ anyOf: [{ const: 'auto' }, { type: 'integer' }] }, { type: 'string' }],
	])('%j', (schema, expected) => {
		const field = fieldOf(schema);
		expect({
			type: field.type,
			defaultValue: field.defaultValue,
			removed: field.removed,
			options: field.options,
		}).toMatchObject(expected);
		expect(field.required).toBe(false);
	});

	it('asks nothing where there is a single choice, unless the model requires it', () => {
		const single = { enum: ['customize'], default: 'customize' };
		expect(fieldOf(single)).toMatchObject({ type: 'options', removed: true });
		expect(fieldOf(single).defaultValue).toBeUndefined();
		expect(fieldOf(single, ['value'])).toMatchObject({ defaultValue: 'customize' });
		expect(fieldOf(single, ['value']).removed).toBeUndefined();
		expect(fieldOf({ enum: ['a', 'b'] }).removed).toBeUndefined();
	});

	it.each([
		['portrait_4_3', 'Portrait 4:3 (portrait_4_3)'],
		['square_hd', 'Square HD (square_hd)'],
		['dolly_in', 'Dolly in (dolly_in)'],
		['720p', '720p'],
		['16:9', '16:9'],
		['intelligent', 'intelligent'],
		['flux_dev.safetensors', 'flux_dev.safetensors'],
		[`a_${'b'.repeat(90)}`, `a_${'b'.repeat(78)}…`],
	])('shows the choice %s as "%s"', (value, name) => {
		expect(fieldOf({ enum: [value, 'x'] }).options?.[0]).toEqual({ name, value });
	});

	it.each<[string, object, string]>([
		['lyrics', { type: 'string' }, 'Lyrics (1 line)'],
		['prompt', { type: 'string', maxLength: 5000 }, 'Prompt (1 line, max 5000 chars)'],
		['prompt', { type: 'string', maxLength: 800 }, 'Prompt (max 800 chars)'],
		['script', { enum: ['a', 'b'] }, 'Script'],
		['lyrics', { type: 'array', items: { type: 'string' } }, 'Lyrics (JSON list)'],
	])('says of %s with %j that it is a single line where the text may have several', (name, schema, label) => {
		expect(inputLabel(describeModelInputs({ properties: { [name]: schema } })!.inputs[0]!)).toBe(label);
	});

	it('shows a boolean that is required', () => {
		expect(fieldOf({ type: 'boolean' }, ['value']).removed).toBeUndefined();
	});
});

describe('the labels of all models', () => {
	it('fit into the panel, but for titles that are long by themselves, and the rules about files at the end', () => {
		const withoutRules = (label: string) =>
			label.replace(/(, (JPEG\/PNG|< [\d.]+ MB|[\d–min ]+ px|ratio [^,)]+))+\)$/, ')');
		const tooLong = loadCatalog()
			.flatMap(({ input_schema }) => describeModelInputs(input_schema)?.inputs ?? [])
			.filter((input) => withoutRules(inputLabel(input)).length > 34 && input.title.length <= 18)
			.map(inputLabel);
		expect([...new Set(tooLong)]).toEqual([]);
	});
});
