import fc from 'fast-check';

import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { inputLabel } from '../../nodes/RunComfy/schema/inputHints';
import { buildRequestBody } from '../../nodes/RunComfy/schema/requestBody';
import { inputError } from '../simulator/inputCheck';

const RUNS = 2_000;

/** A schema of the dialect with a value that it accepts. */
interface Sample {
	schema: Record<string, unknown>;
	good: fc.Arbitrary<unknown>;
}

const url = fc.webUrl({ validSchemes: ['https'] });

const scalar: fc.Arbitrary<Sample> = fc.oneof(
	fc.nat(50).map((maxLength) => ({
		schema: { type: 'string', maxLength: maxLength + 1 },
		// Blanks alone count as empty where a text is required.
		good: fc
			.string({ minLength: 1, maxLength: maxLength + 1, unit: 'grapheme-ascii' })
			.filter((text) => text.trim() !== ''),
	})),
	fc.tuple(fc.integer({ min: -1000, max: 1000 }), fc.nat(1000)).map(([minimum, span]) => ({
		schema: { type: 'integer', minimum, maximum: minimum + span },
		good: fc.integer({ min: minimum, max: minimum + span }),
	})),
	fc.tuple(fc.integer({ min: -50, max: 50 }), fc.nat(50)).map(([minimum, span]) => ({
		schema: { type: fc.sample(fc.constantFrom('number', 'float'), 1)[0], minimum, maximum: minimum + span },
		good: fc
			.double({ min: minimum, max: minimum + span, noNaN: true, noDefaultInfinity: true })
			.map((value) => value + 0),
	})),
	fc.constant({ schema: { type: 'boolean' }, good: fc.boolean() }),
	fc
		.uniqueArray(fc.oneof(fc.string({ minLength: 1, maxLength: 8 }), fc.integer()), { minLength: 1, maxLength: 6 })
		.map((values) => ({
			schema: { enum: values },
			good: fc.constantFrom(...values),
		})),
	fc.constant({ schema: { type: 'string', format: 'image_uri' }, good: url }),
);

const list: fc.Arbitrary<Sample> = fc
	.tuple(scalar, fc.integer({ min: 1, max: 4 }))
	.map(([{ schema, good }, maxItems]) => ({
		schema: { type: 'array', items: schema, minItems: 1, maxItems },
		// Blank entries of a list count as not set, so they are no values.
		good: fc.array(
			good.filter((value) => value !== ''),
			{ minLength: 1, maxLength: maxItems },
		),
	}));

const structured: fc.Arbitrary<Sample> = scalar.map(({ schema, good }) => ({
	schema: { type: 'object', required: ['part'], properties: { part: schema }, additionalProperties: false },
	good: fc.record({ part: good }),
}));

const wrapped: fc.Arbitrary<Sample> = fc
	.oneof(scalar, list, structured)
	.chain(({ schema, good }) =>
		fc.constantFrom<Sample>(
			{ schema, good },
			{ schema: { anyOf: [schema, { type: 'null' }] }, good },
			{ schema: { allOf: [schema] }, good },
			{ schema: { oneOf: [schema] }, good },
			{ schema: { ...schema, default: null, 'x-hint': { any: 'thing' } }, good },
		),
	);

/** A model's schema, an input that fits it, and which inputs it requires. */
const model = fc
	.dictionary(fc.stringMatching(/^[a-z0-9][a-z0-9_]{0,8}$/), wrapped, {
		minKeys: 1,
		maxKeys: 6,
		noNullPrototype: true,
	})
	.chain((samples) => {
		const names = Object.keys(samples);
		const values = Object.fromEntries(names.map((name) => [name, samples[name]!.good]));
		return fc.record({
			schema: fc.subarray(names).map((required) => ({
				type: 'object',
				required,
				properties: Object.fromEntries(names.map((name) => [name, samples[name]!.schema])),
			})),
			input: fc.record(values),
		});
	});

const build = (schema: unknown, values: Record<string, unknown>, source: 'fields' | 'json' = 'json') =>
	buildRequestBody(describeModelInputs(schema)!, { values, source });

describe('generated schemas', () => {
	it('let every input through that fits, unchanged', () => {
		fc.assert(
			fc.property(model, ({ schema, input }) => {
				const { body, problems } = build(schema, input);
				expect(problems).toEqual([]);
				expect(body).toEqual(input);
			}),
			{ numRuns: RUNS },
		);
	});

	it('let an input through that expressions turned into text, with its own types again', () => {
		fc.assert(
			fc.property(model, ({ schema, input }) => {
				const asText = Object.fromEntries(
					Object.entries(input).map(([name, value]) => [
						name,
						typeof value === 'string' ? value : JSON.stringify(value),
					]),
				);
				const { body, problems } = build(schema, asText);
				// A choice may offer both 5 and "5": then the text counts as it stands.
				if (problems.length === 0) expect(inputError(schema, body)).toBeUndefined();
			}),
			{ numRuns: RUNS },
		);
	});

	it('never let through what the schema forbids', () => {
		fc.assert(
			fc.property(
				model,
				fc.dictionary(fc.string(), fc.jsonValue()),
				fc.constantFrom('fields' as const, 'json' as const),
				({ schema, input }, noise, source) => {
					const names = Object.keys(input);
					const values = Object.fromEntries(
						Object.values(noise).map((value, index) => [names[index % names.length]!, value]),
					);
					const { body, problems } = build(schema, { ...input, ...values }, source);
					if (problems.length === 0) expect(inputError(schema, body)).toBeUndefined();
				},
			),
			{ numRuns: RUNS },
		);
	});
});

describe('any JSON value', () => {
	const keyword = fc.constantFrom(
		'type',
		'properties',
		'required',
		'items',
		'enum',
		'const',
		'anyOf',
		'oneOf',
		'allOf',
		'$ref',
		'$defs',
		'not',
		'if',
		'then',
		'pattern',
		'minimum',
		'maxItems',
		'additionalProperties',
		'format',
		'validations',
		'default',
		'title',
		'nullable',
	);
	const { schema: nearlySchema } = fc.letrec<{ schema: unknown }>((tie) => ({
		schema: fc.oneof(
			{ depthSize: 'small' },
			fc.jsonValue(),
			fc.constantFrom('string', 'float', 'array', 'object', '#/$defs/a', '#', 'image_uri', '('),
			fc.array(tie('schema'), { maxLength: 3 }),
			fc.dictionary(keyword, tie('schema'), { maxKeys: 4, noNullPrototype: true }),
		),
	}));

	it('as a schema and as an input never throws, and always gives the same', () => {
		fc.assert(
			fc.property(nearlySchema, fc.dictionary(fc.string(), fc.jsonValue()), (schema, values) => {
				const wholeSchema = {
					type: 'object',
					properties: { a: schema, b: { type: 'string' } },
					$defs: { a: schema },
				};
				for (const candidate of [schema, wholeSchema]) {
					const inputs = describeModelInputs(candidate);
					if (inputs === undefined) continue;
					expect(describeModelInputs(candidate)).toEqual(inputs);
					inputs.inputs.forEach(inputLabel);
					buildRequestBody(inputs, { values: { ...values, a: Object.values(values)[0] }, source: 'fields' });
				}
			}),
			{ numRuns: RUNS },
		);
	});
});
