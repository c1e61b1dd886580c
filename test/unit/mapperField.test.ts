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

	it('shows a boolean that is required', () => {
		expect(fieldOf({ type: 'boolean' }, ['value']).removed).toBeUndefined();
	});
});

describe('the labels of all models', () => {
	it('fit into the panel, but for titles that are long by themselves', () => {
		const tooLong = loadCatalog()
			.flatMap(({ input_schema }) => describeModelInputs(input_schema)?.inputs ?? [])
			.filter((input) => inputLabel(input).length > 34 && input.title.length <= 18)
			.map(inputLabel);
		expect([...new Set(tooLong)]).toEqual([]);
	});
});
