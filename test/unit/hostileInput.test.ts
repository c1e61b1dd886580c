import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { buildRequestBody } from '../../nodes/RunComfy/schema/requestBody';

const build = (schema: object, values: Record<string, unknown>) =>
	buildRequestBody(describeModelInputs(schema)!, { values, source: 'json' });
const one = (schema: object, value: unknown) => build({ type: 'object', properties: { value: schema } }, { value });

/** Fails by the test's own time limit where the work grows with a power of the length. */
describe('long and deep values', () => {
	it.each([
		['a long number that is none', { type: 'number' }, `${'1'.repeat(200_000)}x`],
		['a long choice', { enum: [1, 2] }, `${'1'.repeat(200_000)}x`],
		['sixty thousand wrong entries', { type: 'array', items: { type: 'object', properties: { n: { type: 'integer' } } } }, Array.from({ length: 60_000 }, () => ({ n: 'x' }))],
	])('%s is refused', (_what, schema, value) => {
		expect(one(schema, value).problems).toHaveLength(1);
	});

	it('a value that is nested without end is no reason to throw', () => {
		const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
		expect(() => one({ type: 'string' }, deep)).not.toThrow();
	});

	it('chains and towers of references are cut', () => {
		const chain = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`r${index}`, { $ref: `#/$defs/r${index + 1}` }]));
		const tower = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`t${index}`, { allOf: [{ $ref: `#/$defs/t${index + 1}` }, { $ref: `#/$defs/t${index + 1}` }] }]));
		expect(describeModelInputs({ properties: { a: { $ref: '#/$defs/r0' }, b: { $ref: '#/$defs/t0' } }, $defs: { ...chain, ...tower } })?.inputs).toHaveLength(2);
	});
});

describe('a list of thousands of wrong entries', () => {
	it('of several forms is told by its first one', () => {
		const forms = ['a', 'b'].map((name) => ({ type: 'object', required: [name], properties: { [name]: { type: 'integer' }, more: { type: 'integer', maximum: 5 } } }));
		const schema = { properties: { value: { type: 'array', items: { anyOf: forms } } } };
		const { problems } = build(schema, { value: Array.from({ length: 20_000 }, () => ({ a: 1, more: 9 })) });
		expect(problems).toEqual([{ name: 'value', text: 'in entry 1, "more" has to be at most 5, not 9' }]);
	});
});

describe('numbers and lists', () => {
	it.each(['9007199254740993', '12345678901234567890'])('an integer that would change is refused: %s', (text) => {
		expect(one({ type: 'integer' }, text).problems).toEqual([{ name: 'value', text: expect.stringContaining('too large to be sent exactly') }]);
	});

	it('a list of which the schema says nothing keeps its entries', () => {
		expect(one({ type: 'array' }, [{ path: 'a' }, 1])).toMatchObject({ body: { value: [{ path: 'a' }, 1] }, problems: [] });
		expect(one({ type: 'array', items: { type: ['number', 'null'] } }, [0, null, 5])).toMatchObject({ body: { value: [0, null, 5] }, problems: [] });
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
		expect(build(schema, {}).problems).toEqual([{ name: '', text: 'The model needs A, or B' }]);
	});
});
