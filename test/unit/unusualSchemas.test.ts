import { toMapperField } from '../../nodes/RunComfy/methods/mapperField';
import { inputLabel } from '../../nodes/RunComfy/schema/inputHints';
import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { buildRequestBody, withAddedValue } from '../../nodes/RunComfy/schema/requestBody';

/* Schemas as other tools and people write them: valid input must go through, and a refusal must say what is wrong. */
const describeIn = (schema: object, root: object = {}, name = 'value') =>
	describeModelInputs({ type: 'object', properties: { [name]: schema }, ...root })!;
const sent = (schema: object, value: unknown, root: object = {}, name = 'value') =>
	buildRequestBody(describeIn(schema, root, name), { values: { [name]: value }, source: 'fields' });
const problemOf = (schema: object, value: unknown, root: object = {}, name = 'value') =>
	sent(schema, value, root, name)
		.problems.map(({ text }) => text)
		.join('; ');
const filledIn = (schema: object, root: object = {}, name = 'value') =>
	toMapperField(describeIn(schema, root, name).inputs.find((input) => input.name === name)!).defaultValue;

const IMAGE = 'https://a.example/a.png';
const OTHER = 'https://a.example/b.png';

describe('a default', () => {
	it.each<[object, unknown, object]>([
		[{ type: 'integer', minimum: 0, default: 5 }, 5, {}],
		[{ type: 'integer', minimum: 0, default: -1 }, undefined, {}],
		[{ type: 'integer', multipleOf: 64, default: 1000 }, undefined, {}],
		[{ type: 'integer', default: 1.5 }, undefined, {}],
		[{ type: 'number', exclusiveMinimum: 0, default: 0 }, undefined, {}],
		[{ type: 'number', default: 1 }, undefined, { dependentRequired: { value: ['other'] } }],
		[
			{ type: 'integer', default: 512 },
			undefined,
			{ oneOf: [{ required: ['aspect_ratio'] }, { required: ['value'] }] },
		],
		[{ type: 'boolean', default: true, deprecated: true }, undefined, {}],
		[{ const: 'v2' }, 'v2', { required: ['value'] }],
	])('of %j is filled in as %j (%j)', (schema, expected, root) => expect(filledIn(schema, root)).toBe(expected));

	it('that is not allowed is not explained either', () => {
		expect(inputLabel(describeIn({ type: 'integer', minimum: 0, default: -1 }, {}, 'seed').inputs[0]!)).toBe(
			'Seed',
		);
	});
});

describe('valid input', () => {
	const media = {
		oneOf: [
			{ type: 'string', format: 'image_uri' },
			{ type: 'string', format: 'video_uri' },
		],
	};
	const voice = { oneOf: [{ enum: ['Rachel', 'Aria'] }, { type: 'string' }] };
	const oneOrMore = {
		anyOf: [
			{ type: 'string', format: 'image_uri' },
			{ type: 'array', items: { type: 'string', format: 'image_uri' } },
		],
	};
	const camera = {
		oneOf: [
			{ type: 'object', required: ['type'], properties: { type: { const: 'orbit' }, angle: { type: 'number' } } },
			{
				type: 'object',
				required: ['type'],
				properties: { type: { const: 'dolly' }, distance: { type: 'number', maximum: 10 } },
			},
		],
	};
	const shots = {
		type: 'array',
		items: {
			type: 'object',
			properties: { duration: { enum: ['5', '10'] }, zoom: { type: 'number' }, steady: { type: 'boolean' } },
		},
	};

	it.each<[string, object, unknown, unknown]>([
		['a picture or a video', media, IMAGE, IMAGE],
		['a listed voice that is a text as well', voice, 'Rachel', 'Rachel'],
		['a whole number that is a number too', { oneOf: [{ type: 'integer' }, { type: 'number' }] }, 5, 5],
		['an object told apart by a word', camera, { type: 'orbit', angle: 30 }, { type: 'orbit', angle: 30 }],
		['one picture of one or more', oneOrMore, IMAGE, IMAGE],
		['a list of pictures as text', oneOrMore, JSON.stringify([IMAGE, OTHER]), [IMAGE, OTHER]],
		['a list of anything', { type: 'array', items: {} }, '[1, {"a": 2}]', [1, { a: 2 }]],
		['lines in a list of anything', { type: 'array', items: {} }, 'a\nb', ['a', 'b']],
		[
			'a pair of numbers as text',
			{ type: 'array', prefixItems: [{ type: 'integer' }, { type: 'integer' }] },
			'[1024, 768]',
			[1024, 768],
		],
		['choices that their type excludes', { type: 'string', enum: [5, 10] }, '5', 5],
		[
			'texts inside objects',
			{ type: 'object', properties: { zoom: { type: 'number' } } },
			{ zoom: '2' },
			{ zoom: 2 },
		],
		[
			'texts and null inside lists',
			shots,
			[{ duration: 5, zoom: '1.5', steady: null }],
			[{ duration: '5', zoom: 1.5 }],
		],
		[
			'a null that is allowed inside',
			{ type: 'object', properties: { end: { type: 'string', nullable: true } } },
			{ end: null },
			{ end: null },
		],
		['other names of types', { type: 'int', maximum: 50 }, '30', 30],
		['a switch by its default alone', { default: false }, 'true', true],
		['a number by its limits alone', { minimum: 1, maximum: 9 }, '3', 3],
	])('%s', (_what, schema, value, expected) =>
		expect(sent(schema, value)).toMatchObject({ body: { value: expected }, problems: [] }),
	);

	it('of a nested null beside a reference', () => {
		const $defs = { image: { type: 'string' } };
		const schema = {
			type: 'array',
			items: {
				type: 'object',
				properties: { image: { $ref: '#/$defs/image', nullable: true } },
				required: ['image'],
			},
		};
		expect(problemOf(schema, [{ image: null }], { $defs })).toBe('');
	});

	it('of forms that declare one input in two ways', () => {
		const schema = {
			oneOf: [
				{ properties: { mode: { const: 'text' }, prompt: { type: 'string' } }, required: ['mode', 'prompt'] },
				{
					properties: { mode: { const: 'image' }, image_url: { type: 'string' } },
					required: ['mode', 'image_url'],
				},
			],
		};
		const inputs = describeModelInputs(schema)!;
		expect(inputs.inputs.find(({ name }) => name === 'mode')).toMatchObject({
			kind: 'choice',
			choices: ['text', 'image'],
		});
		expect(buildRequestBody(inputs, { values: { mode: 'text', prompt: 'a' }, source: 'fields' }).problems).toEqual(
			[],
		);
	});

	it('of a base that is only refined', () => {
		const root = {
			allOf: [{ properties: { value: { type: 'integer', minimum: 1 } } }],
			properties: { value: { title: 'Length', maximum: 9 } },
		};
		const { inputs } = describeModelInputs(root)!;
		expect(inputs[0]).toMatchObject({ title: 'Length', kind: 'integer', minimum: 1, maximum: 9 });
	});

	it('of a file beside a list that is there, where one or more may be given', () => {
		const [input] = describeIn(oneOrMore).inputs;
		expect(withAddedValue({}, 'value', 'file', input)).toEqual({ value: 'file' });
		expect(withAddedValue({ value: [IMAGE] }, 'value', 'file', input)).toEqual({ value: [IMAGE, 'file'] });
		expect(withAddedValue({ value: IMAGE }, 'value', 'file', input)).toEqual({ value: [IMAGE, 'file'] });
	});
});

describe('media without a format', () => {
	it.each(['start_frame', 'first_frame', 'image_1', 'ref_image_2', 'image2', 'imageURL', 'avatar_url', 'audio_file'])(
		'are found by the name %s',
		(name) => {
			expect(describeIn({ type: 'string' }, {}, name).inputs[0]?.kind).toBe('media');
		},
	);

	it.each(['voice', 'num_frame', 'webhook_url', 'frame', 'music_style'])('are not found at %s', (name) => {
		expect(describeIn({ type: 'string' }, {}, name).inputs[0]?.kind).toBe('text');
	});
});

describe('a refusal', () => {
	const $defs = {
		steps: { type: 'integer', maximum: 50 },
		lora: {
			type: 'object',
			required: ['path'],
			properties: { path: { type: 'string' }, scale: { type: 'number', maximum: 2 } },
		},
	};
	const optional = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
	const camera = {
		anyOf: [
			{ type: 'object', required: ['type'], properties: { type: { const: 'orbit' } } },
			{
				type: 'object',
				required: ['type'],
				properties: { type: { const: 'dolly' }, zoom: { type: 'number', maximum: 10 } },
			},
		],
	};

	it.each<[string, object, unknown, string]>([
		['a limit behind a reference', { $ref: '#/$defs/steps' }, 99, 'must be at most 50, not 99'],
		[
			'a limit inside a reference',
			{ type: 'array', items: { $ref: '#/$defs/lora' } },
			[{ path: 'a', scale: 3 }],
			'in entry 1, "scale" must be at most 2, not 3',
		],
		['a place two levels deep', { $ref: '#/components/schemas/Steps' }, 99, 'must be at most 40, not 99'],
		['a limit that may be null', optional({ type: 'integer', maximum: 50 }), 99, 'must be at most 50, not 99'],
		[
			'a length that may be null',
			optional({ type: 'string', maxLength: 3 }),
			'abcd',
			'must have at most 3 characters, but has 4',
		],
		['an object that may be null', optional({ $ref: '#/$defs/lora' }), { scale: 1 }, 'requires "path"'],
		['the form that its word names', camera, { type: 'dolly', zoom: 50 }, '"zoom" must be at most 10, not 50'],
		[
			'the form whose names are given',
			{
				anyOf: ['a', 'b'].map((key) => ({
					type: 'object',
					required: [key],
					properties: { [key]: { type: 'integer' } },
				})),
			},
			{ a: 'x' },
			'"a" must be a whole number, not "x"',
		],
		['limits that are texts', { type: 'integer', minimum: '1' }, 0, 'must be at least 1, not 0'],
		[
			'no address among one or more',
			{
				anyOf: [
					{ type: 'string', format: 'image_uri' },
					{ type: 'array', items: { type: 'string', format: 'image_uri' } },
				],
			},
			'nope',
			'must be the URL of a file (https://...), or a list, not "nope"',
		],
		['other names of types', { type: 'int', maximum: 50 }, '99', 'must be at most 50, not 99'],
	])('names %s', (_what, schema, value, text) => {
		const components = { schemas: { Steps: { type: 'integer', maximum: 40 } } };
		expect(problemOf(schema, value, { $defs, components }).replace(/^in (?="(zoom|a)")/, '')).toBe(text);
	});

	it('names inputs with blanks, umlauts and percent signs', () => {
		for (const name of ['cfg scale', 'größe', 'top%20p', 'a[b]'])
			expect(problemOf({ type: 'integer', maximum: 5 }, 9, {}, name)).toBe('must be at most 5, not 9');
	});

	it('names what is missing beside another input, and what does not go together', () => {
		const properties = { lora_url: { type: 'string' }, lora_scale: { type: 'number' } };
		const problems = (rules: object, values: Record<string, unknown>) =>
			buildRequestBody(describeModelInputs({ properties, ...rules })!, { values, source: 'fields' }).problems;
		expect(problems({ dependentRequired: { lora_scale: ['lora_url'] } }, { lora_scale: 1 })).toEqual([
			{ name: 'lora_scale', text: 'can only be set together with LoRA URL, which is empty' },
		]);
		expect(problems({ not: { required: ['lora_url', 'lora_scale'] } }, { lora_scale: 1, lora_url: 'x' })).toEqual([
			{ name: '', text: "The model doesn't accept LoRA URL and LoRA Scale together. Leave one of them empty" },
		]);
		expect(
			problems(
				{ oneOf: [{ required: ['lora_url'] }, { required: ['lora_scale'] }] },
				{ lora_scale: 1, lora_url: 'x' },
			),
		).toEqual([
			{ name: '', text: 'The model accepts only one of these: LoRA URL, or LoRA Scale. Leave the others empty' },
		]);
	});

	it('comes for what an older draft requires', () => {
		expect(sent({ type: 'string', required: true }, '').problems).toEqual([
			{ name: 'value', text: 'is required, but empty' },
		]);
	});

	it('does not skip other rules where a reference leads deep', () => {
		const root = {
			components: { schemas: { Mode: { enum: ['a', 'b'] } } },
			properties: { mode: { $ref: '#/components/schemas/Mode' }, steps: { type: 'integer', maximum: 50 } },
		};
		const problems = buildRequestBody(describeModelInputs(root)!, {
			values: { mode: 'a', steps: 99 },
			source: 'fields',
		}).problems;
		expect(problems).toEqual([{ name: 'steps', text: 'must be at most 50, not 99' }]);
	});
});
