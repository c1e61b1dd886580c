import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { buildRequestBody } from '../../nodes/RunComfy/schema/requestBody';
import { isValid, validate } from '../../nodes/RunComfy/schema/validator';

/* What each keyword accepts and refuses. An object of several forms needs all of what it says to be sure. */
const build = (schema: unknown, value: unknown, root: object = {}) =>
	buildRequestBody(describeModelInputs({ type: 'object', properties: { value: schema }, ...root })!, {
		values: { value },
		source: 'json',
	});
const problemsOf = (schema: unknown, value: unknown, root: object = {}) =>
	build(schema, value, root).problems.map(({ text }) => text);

describe('a keyword', () => {
	const tuple = { type: 'array', items: [{ type: 'integer' }, { type: 'string' }] };
	const size = { type: 'object', properties: { width: { type: 'integer' }, height: { type: 'integer' } } };

	it.each<[object, unknown, unknown]>([
		[{ ...tuple, additionalItems: false }, [1, 'a'], [1, 'a', 2]],
		[{ ...tuple, additionalItems: { type: 'boolean' } }, [1, 'a', true], [1, 'a', 'b']],
		[{ prefixItems: [{ type: 'integer' }], items: false }, [1], [1, 2]],
		[{ ...size, dependencies: { width: ['height'] } }, { height: 1 }, { width: 1 }],
		[{ ...size, dependencies: { width: { required: ['height'] } } }, { width: 1, height: 1 }, { width: 1 }],
		[{ ...size, dependencies: { width: false } }, { height: 1 }, { width: 1 }],
		[{ ...size, dependentSchemas: { width: { maxProperties: 1 } } }, { width: 1 }, { width: 1, height: 1 }],
		[
			{ ...size, unevaluatedProperties: false, allOf: [{ properties: { depth: {} } }] },
			{ width: 1, depth: 2 },
			{ length: 1 },
		],
		[{ ...size, unevaluatedProperties: { type: 'string' } }, { width: 1, other: 'a' }, { other: [1] }],
		[
			{ type: 'object', patternProperties: { '^x_': { type: 'integer' } }, additionalProperties: false },
			{ x_a: 1 },
			{ y_a: 1 },
		],
		[{ type: 'object', propertyNames: { maxLength: 3 } }, { abc: 1 }, { abcd: 1 }],
		[{ type: 'object', minProperties: 1 }, { a: 1 }, {}],
		[{ prefixItems: [{}], unevaluatedItems: false }, [1], [1, 2]],
		[
			{ contains: { type: 'integer' }, minContains: 2, maxContains: 3, type: 'array', items: {} },
			[1, 2, 'a'],
			['a', 1],
		],
		[{ contains: { type: 'integer' }, maxContains: 1, type: 'array', items: {} }, ['a', 1], [1, 2]],
		[
			{ type: 'array', items: {}, uniqueItems: true },
			[1, true, '1', [1], {}],
			[
				{ a: 1, b: 2 },
				{ b: 2, a: 1 },
			],
		],
		[{ type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: 1 }, { a: 1, b: 2 }],
		[
			{ if: { properties: { mode: { const: 'a' } } }, then: { required: ['x'] }, else: { required: ['y'] } },
			{ mode: 'a', x: 1 },
			{ mode: 'b', x: 1 },
		],
		[{ not: { required: ['a', 'b'] } }, { a: 1 }, { a: 1, b: 2 }],
		[{ type: 'number', multipleOf: 0.1 }, 0.3, 0.35],
		[{ type: 'number', minimum: 1, exclusiveMinimum: true }, 2, 1],
		[{ const: { a: [1, { b: 2 }] } }, { a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }],
		[{ allOf: [{ $ref: '#/$defs/never' }] }, undefined, 'any'],
	])('of %j accepts %j and refuses %j', (schema, good, bad) => {
		const root = { $defs: { never: false } };
		expect(problemsOf(schema, good, root)).toEqual([]);
		expect(problemsOf(schema, bad, root)).toHaveLength(1);
	});

	it.each<[object, unknown]>([
		[{ maximum: 3 }, 'a text'],
		[{ minLength: 2 }, 1],
		[{ pattern: '^a*$' }, [1]],
		[{ minItems: 2 }, 'one'],
	])('of %j says nothing of %j', (schema, value) =>
		expect(build(schema, value)).toMatchObject({ body: { value }, problems: [] }),
	);

	it('beside a reference counts from draft 2019 on', () => {
		const schema = { $ref: '#/definitions/list', maxItems: 1 };
		const definitions = { list: { type: 'array', items: {} } };
		expect(
			problemsOf({ type: 'object', properties: { list: schema } }, { list: [1, 2] }, { definitions }),
		).toHaveLength(1);
		const $schema = 'http://json-schema.org/draft-07/schema#';
		expect(validate({ $schema, definitions, ...schema }, [1, 2]).errors).toEqual([]);
	});
});

describe('what is not understood', () => {
	const unknown = { format: 'uri' };

	it.each<[string, object, unknown]>([
		['is not turned round', { not: unknown }, 'text'],
		['is not turned round in a reference', { not: { $ref: '#/nowhere' } }, 'text'],
		['is not turned round twice', { not: { not: { not: unknown } } }, 'text'],
		['is no condition', { if: unknown, then: { maxLength: 1 } }, 'text'],
		['is no condition of the other way', { if: { not: unknown }, else: { maxLength: 1 } }, 'text'],
		['is no second form', { oneOf: [{ minLength: 1 }, unknown] }, 'text'],
		['is no entry too many', { contains: unknown, maxContains: 0 }, ['text']],
		['is no entry that must not be', { not: { contains: unknown } }, ['text']],
		['is no name that must not be', { not: { propertyNames: unknown } }, { name: 1 }],
		['is no name of its own', { patternProperties: { '(': {} }, additionalProperties: false }, { name: 1 }],
		['is no pattern', { not: { pattern: '(' } }, 'text'],
		['is no pattern that could take long', { not: { pattern: '^(a+)+$' } }, 'a'.repeat(50)],
		['is no name of a type', { not: { type: 'fancy' } }, 'text'],
		['is no keyword of another draft', { not: { someday: 1 } }, 'text'],
		['is no limit', { not: { maxLength: 'many' } }, 'text'],
	])('%s: %j', (_what, schema, value) =>
		expect(validate({ properties: { value: schema } }, { value }).errors).toEqual([]),
	);

	it('does not hide what is surely wrong', () => {
		expect(isValid({ type: 'integer', format: 'fancy' }, 'x')).toBe(false);
		expect(isValid({ not: { type: 'string' } }, 'x')).toBe(false);
		expect(isValid({ not: { title: 'Anything' } }, 'x')).toBe(false);
		expect(isValid({ if: { format: 'fancy' }, then: { maxLength: 1 }, else: { maxLength: 2 } }, 'xxx')).toBe(false);
		expect(isValid({ oneOf: [{ format: 'fancy', maxLength: 1 }, { type: 'integer' }] }, 'xx')).toBe(false);
	});
});

describe('a refusal', () => {
	it('says which forms exclude each other', () => {
		const schema = { type: 'object', oneOf: [{ required: ['a'] }, { required: ['b'] }] };
		expect(problemsOf(schema, { a: 1, b: 1 })).toEqual(['accepts only one of "a", or "b"']);
		expect(problemsOf(schema, {})).toEqual(['requires "a", or "b"']);
	});

	it('names the place of what an older draft forbids', () => {
		expect(
			problemsOf(
				{ type: 'object', properties: { pair: { items: [{}], additionalItems: false } } },
				{ pair: [1, 2] },
			),
		).toEqual([`in "pair", entry 2 isn't an input of this model`]);
	});
});
