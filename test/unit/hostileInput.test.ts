import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { buildRequestBody } from '../../nodes/RunComfy/schema/requestBody';
import { validate } from '../../nodes/RunComfy/schema/validator';

const build = (schema: object, values: Record<string, unknown>) =>
	buildRequestBody(describeModelInputs(schema)!, { values, source: 'json' });
const one = (schema: object, value: unknown) => build({ type: 'object', properties: { value: schema } }, { value });

/** Fails by the test's own time limit where the work grows with a power of the length. */
describe('long and deep values', () => {
	it.each([
		['a long number that is none', { type: 'number' }, `${'1'.repeat(200_000)}x`],
		['a long choice', { enum: [1, 2] }, `${'1'.repeat(200_000)}x`],
		[
			'sixty thousand wrong entries',
			{ type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } },
			Array.from({ length: 60_000 }, () => ({ n: 'x' })),
		],
	])('%s is refused', (_what, schema, value) => {
		expect(one(schema, value).problems).toHaveLength(1);
	});

	it('a value that is nested without end is no reason to throw', () => {
		const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
		expect(() => one({ type: 'string' }, deep)).not.toThrow();
	});

	it('chains and towers of references are cut', () => {
		const chain = Object.fromEntries(
			Array.from({ length: 5_000 }, (_, index) => [`r${index}`, { $ref: `#/$defs/r${index + 1}` }]),
		);
		const tower = Object.fromEntries(
			Array.from({ length: 30 }, (_, index) => [
				`t${index}`,
				{ allOf: [{ $ref: `#/$defs/t${index + 1}` }, { $ref: `#/$defs/t${index + 1}` }] },
			]),
		);
		expect(
			describeModelInputs({
				properties: { a: { $ref: '#/$defs/r0' }, b: { $ref: '#/$defs/t0' } },
				$defs: { ...chain, ...tower },
			})?.inputs,
		).toHaveLength(2);
	});
});

describe('values that are too large to be gone through', () => {
	const LENGTH = 45_000_000;
	const million = <Entry>(entry: Entry) => Array.from({ length: 1_000_000 }, () => entry);
	const texts = [
		'x'.repeat(LENGTH),
		'1'.repeat(LENGTH),
		`[${'x'.repeat(LENGTH)}`,
		`https://a.example/${'x'.repeat(LENGTH)}`,
		`data:image/png;base64,${'A'.repeat(LENGTH)}`,
	];
	const address = { type: 'string', format: 'image_uri' };

	it.each<[string, object]>([
		['text', { type: 'string', maxLength: 800 }],
		['choice', { enum: ['a', 'b', 5] }],
		['constant', { const: 'a' }],
		['number', { type: 'integer' }],
		['switch', { type: 'boolean' }],
		['list of numbers', { type: 'array', items: { type: 'integer' } }],
		['object', { type: 'object', properties: { a: { type: 'string' } } }],
		['value of several forms', { anyOf: [{ const: 'auto' }, { type: 'integer' }] }],
	])('a text of 45 MB for a %s is refused in a short sentence', (_what, schema) => {
		for (const text of texts) {
			const [problem, ...others] = one(schema, text).problems;
			expect(others).toEqual([]);
			expect(problem?.text.length).toBeLessThan(400);
		}
	});

	it('a text of 45 MB goes through where it fits', () => {
		const data = texts.at(-1);
		expect(one(address, data)).toMatchObject({ body: { value: data }, problems: [] });
		expect(one({ type: 'array', items: address }, data)).toMatchObject({ body: { value: [data] }, problems: [] });
		expect(one({ type: 'string', pattern: '^(d|i)*$' }, data)).toMatchObject({
			problems: [],
			warnings: [expect.stringContaining("wasn't checked")],
		});
	});

	it('a text of millions of lines, commas or URLs is not a list', () => {
		for (const text of ['a\n'.repeat(20_000_000), 'https://a.example,'.repeat(2_000_000)]) {
			expect(one({ type: 'array', items: { type: 'string' } }, text).problems).toEqual([
				{ name: 'value', text: 'has more than 100000 entries' },
			]);
		}
		expect(one({ type: 'array', items: { type: 'string' } }, '\n'.repeat(20_000_000)).body).toEqual({});
	});

	it('a list of a million entries is counted first, and compared in one go', () => {
		expect(one({ type: 'array', items: { type: 'integer' }, maxItems: 5 }, million('no number')).problems).toEqual([
			{ name: 'value', text: 'must have at most 5 entries, but has 1000000' },
		]);
		const different = Array.from({ length: 300_000 }, (_, index) => ({ index }));
		expect(one({ type: 'array', items: {}, uniqueItems: true }, different).problems).toEqual([]);
		expect(
			one(
				{ type: 'array', items: { enum: Array.from({ length: 1_000 }, (_, index) => `choice ${index}`) } },
				million('CHOICE 7').slice(700_000),
			).problems,
		).toEqual([]);
	});
});

describe('schemas that are too large to be gone through', () => {
	const names = Array.from({ length: 20_000 }, (_, index) => `input_${index}`);

	it('of twenty thousand inputs keep the kind of each', () => {
		const properties = Object.fromEntries(names.map((name) => [name, { type: 'integer', minimum: 1 }]));
		const inputs = describeModelInputs({ properties, required: names })!;
		expect(inputs.inputs.map(({ name, kind }) => [name, kind])).toEqual(names.map((name) => [name, 'integer']));
		const values = Object.fromEntries(names.map((name) => [name, '0']));
		expect(buildRequestBody(inputs, { values, source: 'json' }).problems.map(({ name }) => name)).toEqual(names);
	});

	it('of which one input leads in circles keep the kinds of the others', () => {
		const circle = {
			anyOf: [
				{ $ref: '#/$defs/circle' },
				{ type: 'array', items: { $ref: '#/$defs/circle' } },
				{ $ref: '#/$defs/circle' },
			],
		};
		const { inputs } = describeModelInputs({
			properties: { a: { $ref: '#/$defs/circle' }, b: { type: 'boolean' } },
			$defs: { circle },
		})!;
		expect(inputs.find(({ name }) => name === 'b')?.kind).toBe('boolean');
	});

	it.each(['allOf', 'anyOf', 'oneOf'])('towers of %s are climbed once', (keyword) => {
		const floors = Array.from(
			{ length: 200 },
			(_, index) =>
				[
					`t${index}`,
					{ [keyword]: [{ $ref: `#/$defs/t${index + 1}` }, { $ref: `#/$defs/t${index + 1}` }] },
				] as const,
		);
		const $defs = { ...Object.fromEntries(floors), t200: { type: 'string' } };
		expect(validate({ $defs, properties: { a: { $ref: '#/$defs/t0' } } }, { a: 'text' }).errors).toEqual([]);
		expect(validate({ $defs, properties: { a: { $ref: '#/$defs/t0' } } }, { a: 5 }).errors).not.toEqual([]);
	});

	it.each(['allOf', 'anyOf', 'not', 'properties', 'items'])(
		'%s in each other without end is no reason to throw',
		(keyword) => {
			const wrap: Record<string, (schema: object) => object> = {
				allOf: (schema) => ({ allOf: [schema] }),
				anyOf: (schema) => ({ anyOf: [schema, { type: 'integer' }] }),
				not: (not) => ({ not }),
				properties: (a) => ({ properties: { a } }),
				items: (items) => ({ items }),
			};
			let schema: object = { type: 'string' };
			let value: unknown = 'text';
			for (let depth = 0; depth < 10_000; depth += 1) {
				schema = wrap[keyword]!(schema);
				value = keyword === 'items' ? [value] : keyword === 'properties' ? { a: value } : value;
			}
			expect(() => one(schema, value)).not.toThrow();
		},
	);
});

describe('a list of thousands of wrong entries', () => {
	it('of several forms is reported by its first one', () => {
		const forms = ['a', 'b'].map((name) => ({
			type: 'object',
			required: [name],
			properties: { [name]: { type: 'integer' }, more: { type: 'integer', maximum: 5 } },
		}));
		const schema = { properties: { value: { type: 'array', items: { anyOf: forms } } } };
		const { problems } = build(schema, { value: Array.from({ length: 20_000 }, () => ({ a: 1, more: 9 })) });
		expect(problems).toEqual([{ name: 'value', text: 'in entry 1, "more" must be at most 5, not 9' }]);
	});
});

describe('numbers and lists', () => {
	it.each(['9007199254740993', '12345678901234567890'])('an integer that would change is refused: %s', (text) => {
		expect(one({ type: 'integer' }, text).problems).toEqual([
			{ name: 'value', text: expect.stringContaining('too large to send exactly') },
		]);
	});

	it('a list of which the schema says nothing keeps its entries', () => {
		expect(one({ type: 'array' }, [{ path: 'a' }, 1])).toMatchObject({
			body: { value: [{ path: 'a' }, 1] },
			problems: [],
		});
		expect(one({ type: 'array', items: { type: ['number', 'null'] } }, [0, null, 5])).toMatchObject({
			body: { value: [0, null, 5] },
			problems: [],
		});
	});
});

describe('schemas without properties of their own', () => {
	const video = { properties: { video_url: { type: 'string' } }, required: ['video_url'] };
	const image = { properties: { image_url: { type: 'string' } }, required: ['image_url'] };

	it('are validated, and show what their forms declare', () => {
		const schema = { type: 'object', oneOf: [video, image] };
		expect(describeModelInputs(schema)?.inputs.map(({ name }) => name)).toEqual(['video_url', 'image_url']);
		expect(build(schema, { prompt: 5 }).problems).not.toEqual([]);
		expect(build(schema, { image_url: 'https://a.example/x' })).toMatchObject({ problems: [], warnings: [] });
	});

	it('forbid what they forbid', () => {
		expect(build({ type: 'object', additionalProperties: false }, { a: 1 }).problems).toHaveLength(1);
	});

	it('name the fields that would do', () => {
		const schema = { properties: { a: {}, b: {} }, anyOf: [{ required: ['a'] }, { required: ['b'] }] };
		expect(build(schema, {}).problems).toEqual([{ name: '', text: 'The model requires A, or B' }]);
	});
});
