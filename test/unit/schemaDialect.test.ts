import { describeModelInputs, type ModelInput } from '../../nodes/RunComfy/schema/modelInputs';
import { choiceLabel, inputLabel } from '../../nodes/RunComfy/schema/inputHints';
import { buildRequestBody } from '../../nodes/RunComfy/schema/requestBody';

const only = (schema: object, root: object = {}, name = 'value') =>
	describeModelInputs({ type: 'object', properties: { [name]: schema }, ...root })!.inputs[0]!;
const sent = (schema: object, value: unknown, root: object = {}, name = 'value') => {
	const inputs = describeModelInputs({ type: 'object', properties: { [name]: schema }, ...root })!;
	return buildRequestBody(inputs, { values: { [name]: value }, source: 'fields' });
};

describe('the kind of an input', () => {
	it.each<[object, Partial<ModelInput>]>([
		[{ type: 'string' }, { kind: 'text' }],
		[{ type: 'float' }, { kind: 'number' }],
		[{ type: ['integer', 'null'] }, { kind: 'integer' }],
		[{ type: ['integer', 'number'] }, { kind: 'number' }],
		[{ type: 'string', nullable: true }, { kind: 'text' }],
		[{ enum: ['a', 'b', null] }, { kind: 'choice', choices: ['a', 'b'] }],
		[{ enum: ['auto', 5, 10] }, { kind: 'choice', choices: ['auto', 5, 10] }],
		[{ const: 'only' }, { kind: 'choice', choices: ['only'] }],
		[{ enum: ['a', { width: 1 }] }, { kind: 'json', choices: [] }],
		[{ anyOf: [{ type: 'integer' }, { type: 'null' }] }, { kind: 'integer' }],
		[{ oneOf: [{ const: 'auto' }, { enum: [1, 2] }] }, { kind: 'choice', choices: ['auto', 1, 2] }],
		[{ anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1 }] }, { kind: 'union' }],
		[{ type: ['string', 'integer'] }, { kind: 'union' }],
		[{ allOf: [{ type: 'integer', minimum: 1 }, { maximum: 9 }] }, { kind: 'integer', minimum: 1, maximum: 9 }],
		[
			{ type: 'object', properties: { a: {} } },
			{ kind: 'json', isList: false },
		],
		[
			{ type: 'array', items: { type: 'object' } },
			{ kind: 'json', isList: true },
		],
		[
			{ type: 'array', items: { type: 'array' } },
			{ kind: 'json', isList: true },
		],
		[{ type: 'array' }, { kind: 'text', isList: true }],
		[
			{ type: 'array', items: { type: 'integer' } },
			{ kind: 'integer', isList: true },
		],
		[{}, { kind: 'json' }],
		[{ type: 'fancy' }, { kind: 'json' }],
	])('%j', (schema, expected) => expect(only(schema)).toMatchObject(expected));

	it('follows references, also into each other and in circles', () => {
		const $defs = {
			size: { type: 'integer', minimum: 1 },
			alias: { $ref: '#/$defs/size' },
			circle: { $ref: '#/$defs/circle' },
			tree: { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } },
		};
		expect(only({ $ref: '#/$defs/alias', maximum: 5 }, { $defs })).toMatchObject({
			kind: 'integer',
			minimum: 1,
			maximum: 5,
		});
		expect(only({ $ref: '#/$defs/circle' }, { $defs }).kind).toBe('json');
		expect(only({ $ref: '#/$defs/tree' }, { $defs }).kind).toBe('json');
		expect(only({ $ref: '#/nowhere' }, { $defs }).kind).toBe('json');
		expect(only({ $ref: 'https://elsewhere.example/schema' }, { $defs }).kind).toBe('json');
		expect(sent({ $ref: '#/$defs/alias' }, '0', { $defs }).problems).toHaveLength(1);
		expect(sent({ $ref: '#/$defs/alias' }, '3', { $defs })).toMatchObject({ body: { value: 3 }, problems: [] });
		expect(sent({ $ref: '#/$defs/circle' }, 'x', { $defs }).problems).toEqual([]);
		expect(sent({ $ref: '#/$defs/tree' }, { child: { child: 5 } }, { $defs }).problems).toHaveLength(1);
	});
});

describe('media', () => {
	it.each<[string, object, Partial<ModelInput>]>([
		[
			'value',
			{ type: 'string', format: 'image_uri' },
			{ isList: false, media: { type: 'image', isDeclared: true } },
		],
		[
			'value',
			{ type: 'array', format: 'video_uris' },
			{ isList: true, media: { type: 'video', isDeclared: true } },
		],
		[
			'value',
			{ type: 'array', items: { type: 'string', format: 'audio_uri' } },
			{ isList: true, media: { type: 'audio', isDeclared: true } },
		],
		['video_url', { type: 'string' }, { media: { type: 'video', isDeclared: true } }],
		['reference_image_url_3', { type: 'string' }, { media: { type: 'image', isDeclared: true } }],
		['33_video', { type: 'string' }, { media: { type: 'video', isDeclared: false } }],
		['promptImage', { type: 'string' }, { media: { type: 'image', isDeclared: false } }],
		['reference_images', { type: 'array' }, { isList: true, media: { type: 'image', isDeclared: false } }],
	])('is found at %s %j', (name, schema, expected) =>
		expect(only(schema, {}, name)).toMatchObject({ kind: 'media', ...expected }),
	);

	it.each([
		['image_size', { type: 'string' }],
		['generate_audio', { type: 'boolean' }],
		['lora_url', { type: 'string' }],
		['video', { type: 'string', enum: ['a'] }],
		['image', { type: 'object' }],
		['56_text', { type: 'string' }],
	])('is not found at %s %j', (name, schema) => expect(only(schema, {}, name).kind).not.toBe('media'));

	it('that is only guessed lets the name of a file through', () => {
		expect(sent({ type: 'string' }, 'input.mp4', {}, '33_video')).toMatchObject({
			body: { '33_video': 'input.mp4' },
			problems: [],
		});
		expect(sent({ type: 'string' }, ' https://a.example/x ', {}, '33_video').body).toEqual({
			'33_video': 'https://a.example/x',
		});
		expect(sent({ type: 'string' }, 'input.mp4', {}, 'video_url').problems).toHaveLength(1);
	});
});

describe('unions', () => {
	const autoOrCount = { anyOf: [{ const: 'auto' }, { type: 'integer', minimum: 1, maximum: 9 }] };
	const nameOrSize = {
		anyOf: [
			{ enum: ['square', 'wide'] },
			{ type: 'object', required: ['width'], properties: { width: { type: 'integer' } } },
		],
	};

	it.each([
		[autoOrCount, 'auto', 'auto'],
		[autoOrCount, 5, 5],
		[autoOrCount, '5', 5],
		[autoOrCount, 'AUTO', 'auto'],
		[nameOrSize, ' Wide', 'wide'],
		[nameOrSize, '{"width": 5}', { width: 5 }],
		[{ type: ['string', 'integer'] }, '5', '5'],
		[{ type: ['boolean', 'integer'] }, 'true', true],
	])('%j turns %j into %j', (schema, value, expected) =>
		expect(sent(schema, value)).toMatchObject({ body: { value: expected }, problems: [] }),
	);

	it.each([
		[autoOrCount, '12', 'must be "auto", or a whole number from 1 to 9, not "12"'],
		[nameOrSize, '{"height": 5}', 'requires "width"'],
	])('%j refuses %j', (schema, value, text) =>
		expect(sent(schema, value).problems).toEqual([{ name: 'value', text }]),
	);
});

describe('structured inputs', () => {
	const loras = {
		type: 'array',
		items: {
			type: 'object',
			required: ['path'],
			properties: { path: { type: 'string' }, scale: { type: 'number', maximum: 2 } },
		},
	};

	it('are parsed as JSON, and errors say where inside they are', () => {
		expect(sent(loras, '[{"path":"a","scale":1}]')).toMatchObject({
			body: { value: [{ path: 'a', scale: 1 }] },
			problems: [],
		});
		expect(sent(loras, [{ path: 'a' }, { path: 'b', scale: 3 }]).problems).toEqual([
			{ name: 'value', text: 'in entry 2, "scale" must be at most 2, not 3' },
		]);
		expect(sent(loras, [{ scale: 1 }]).problems).toEqual([{ name: 'value', text: 'in entry 1 requires "path"' }]);
	});
});

describe('rules about the input as a whole', () => {
	const properties = { a: { type: 'string' }, b: { type: 'string' } };
	const problemsOf = (rules: object, values: Record<string, unknown>) =>
		buildRequestBody(describeModelInputs({ type: 'object', properties, ...rules })!, { values, source: 'fields' })
			.problems;

	it('are checked', () => {
		expect(problemsOf({ anyOf: [{ required: ['a'] }, { required: ['b'] }] }, {})).toHaveLength(1);
		expect(problemsOf({ anyOf: [{ required: ['a'] }, { required: ['b'] }] }, { b: 'x' })).toEqual([]);
		expect(problemsOf({ dependentRequired: { a: ['b'] } }, { a: 'x' })).toHaveLength(1);
		expect(problemsOf({ dependencies: { a: ['b'] } }, { a: 'x' })).toHaveLength(1);
		expect(problemsOf({ dependencies: { a: { required: ['b'] } } }, { a: 'x' })).toHaveLength(1);
		expect(sent({ type: 'array', items: [{ type: 'object', required: ['x'] }] }, [{}]).problems).toHaveLength(1);
		expect(problemsOf({ if: { required: ['a'] }, then: { required: ['b'] } }, { a: 'x' })).toEqual([
			{ name: 'b', text: 'is required, but empty' },
		]);
		expect(problemsOf({ additionalProperties: false }, { c: 1 })).toEqual([
			{ name: 'c', text: "isn't an input of this model" },
		]);
		expect(problemsOf({ additionalProperties: true }, { c: 1 })).toEqual([]);
		expect(problemsOf({ allOf: [{ required: ['a'] }] }, {})).toEqual([
			{ name: 'a', text: 'is required, but empty' },
		]);
	});
});

describe('labels', () => {
	const label = (name: string, schema: object, required: string[] = []) =>
		inputLabel(only(schema, { required }, name));

	it.each<[string, string, object, string[]]>([
		['Prompt * (max 800 chars)', 'prompt', { type: 'string', maxLength: 800 }, ['prompt']],
		['Duration (3–15 s)', 'duration', { type: 'integer', minimum: 3, maximum: 15 }, []],
		['Duration (seconds)', 'duration', { type: 'number' }, []],
		['Images (URLs, max 4)', 'images', { type: 'array', format: 'image_uris', maxItems: 4 }, []],
		['CFG Scale (0–1)', 'cfg_scale', { type: 'number', minimum: 0, maximum: 1 }, []],
		['Seed (-1 = random)', 'seed', { type: 'integer', default: -1, minimum: -1, maximum: 2147483647 }, []],
		['Image URLs * (max 9)', 'image_urls', { type: 'array', format: 'image_uris', maxItems: 9 }, ['image_urls']],
		['Video (33) (URL)', '33_video', { type: 'string' }, []],
		['Music Length ms', 'music_length_ms', { type: 'integer' }, []],
		['LoRAs (JSON list)', 'loras', { type: 'array', items: { type: 'object' } }, []],
		['Prompt Image (URL)', 'promptImage', { type: 'string' }, []],
	])('%s', (text, name, schema, required) => expect(label(name, schema, required)).toBe(text));

	it('tell durations in seconds', () => {
		const input = only({ enum: ['auto', '5', 10] }, {}, 'duration');
		expect(input.choices.map((choice) => choiceLabel(input, choice))).toEqual(['auto', '5 s', '10 s']);
	});

	it('tell frames in seconds', () => {
		const input = only({ type: 'integer', enum: [121, 241] }, {}, 'number_of_frames');
		expect(input.choices.map((choice) => choiceLabel(input, choice))).toEqual(['121 (≈ 5 s)', '241 (≈ 10 s)']);
	});

	it('are bounded, and never the same for two inputs', () => {
		const inputs = describeModelInputs({
			properties: {
				a: { title: 'Size', type: 'string' },
				b: { title: 'size', type: 'string' },
				c: { title: 'x'.repeat(500), type: 'string' },
			},
		})!.inputs;
		expect(inputs.map(({ title }) => title)).toEqual(['Size [a]', 'size [b]', `${'x'.repeat(60)}…`]);
	});
});

describe('large schemas', () => {
	it('have a form and a check like any other', () => {
		const properties = Object.fromEntries(
			Array.from({ length: 200 }, (_, index) => [
				`input_${index}`,
				{ enum: Array.from({ length: 500 }, (_entry, choice) => `${choice} ${'x'.repeat(200)}`) },
			]),
		);
		const inputs = describeModelInputs({ properties, required: ['input_7'] })!;
		expect(inputs.inputs).toHaveLength(200);
		expect(choiceLabel(inputs.inputs[0]!, inputs.inputs[0]!.choices[0]!)).toHaveLength(81);
		const { problems } = buildRequestBody(inputs, { values: { input_3: 'none of them' }, source: 'fields' });
		expect(problems.map(({ name }) => name)).toEqual(['input_7', 'input_3']);
		expect(problems[1]!.text.length).toBeLessThan(1_500);
	});
});

describe('the order', () => {
	it('is prompt, media, what shapes the output, the rest, seed', () => {
		const names = [
			'aspect_ratio',
			'end_image_url',
			'image_url',
			'loras',
			'negative_prompt',
			'prompt',
			'seed',
			'tags',
		];
		const properties = Object.fromEntries(
			names.map((name) => [name, name === 'loras' ? { type: 'object' } : { type: 'string' }]),
		);
		const { inputs } = describeModelInputs({ properties, required: ['tags', 'image_url', 'prompt'] })!;
		expect(inputs.map(({ name }) => name)).toEqual([
			'prompt',
			'image_url',
			'tags',
			'end_image_url',
			'aspect_ratio',
			'negative_prompt',
			'seed',
			'loras',
		]);
	});
});
