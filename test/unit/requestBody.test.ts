import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { bundledModel } from '../../nodes/RunComfy/model/bundledModels';
import { describeModelInputs, type ModelInput, type ModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { buildRequestBody, buildUncheckedBody } from '../../nodes/RunComfy/schema/requestBody';
import { parseExactJson } from '../../nodes/RunComfy/shared/exactJson';
import { loadCatalog } from '../simulator/catalog';
import { inputError } from '../simulator/inputCheck';

const models = loadCatalog();
const inputsOf = (schema: unknown) => describeModelInputs(schema) as ModelInputs;
const property = (schema: object) => inputsOf({ type: 'object', properties: { value: schema } });
const bodyOf = (schema: object, value: unknown, source: 'fields' | 'json' = 'fields') =>
	buildRequestBody(property(schema), { values: { value }, source });

/** A value that an input accepts, written the way its form would. */
function goodValue(input: ModelInput): unknown {
	switch (input.kind) {
		case 'media':
			return input.isList ? Array(input.minItems || 1).fill('https://a.example/x') : 'https://a.example/x';
		case 'choice':
			return input.choices[0];
		case 'integer':
		case 'number':
			return input.minimum ?? input.maximum ?? 1;
		case 'boolean':
			return true;
		default:
			return input.isList ? ['text'] : 'text';
	}
}

describe.each(models.map((model) => [model.model_id, model] as const))('%s', (_id, model) => {
	const inputs = inputsOf(model.input_schema);

	it('accepts its least and its full input, and sends it unchanged', () => {
		const full = Object.fromEntries(inputs.inputs.map((input) => [input.name, goodValue(input)]));
		const least = Object.fromEntries(
			inputs.inputs.filter(({ required }) => required).map((input) => [input.name, goodValue(input)]),
		);
		for (const values of [full, least]) {
			const { body, problems } = buildRequestBody(inputs, { values, source: 'fields' });
			expect(problems).toEqual([]);
			expect(body).toEqual(values);
			expect(inputError(model.input_schema, body)).toBeUndefined();
		}
	});

	it('wants what it requires', () => {
		const { body, problems } = buildRequestBody(inputs, { values: {}, source: 'fields' });
		expect(body).toEqual({});
		expect(problems.map(({ name }) => name).sort()).toEqual([...model.required_inputs].sort());
	});

	it('accepts values just inside its limits', () => {
		for (const input of inputs.inputs) {
			const right: unknown[] = [...input.choices];
			if (input.maximum !== undefined) right.push(input.maximum);
			if (input.minimum !== undefined) right.push(input.minimum);
			if (input.maxLength !== undefined) right.push('x'.repeat(input.maxLength));
			if (input.maxItems !== undefined) right.push(Array(input.maxItems).fill('https://a.example/x'));
			for (const value of right) {
				const { body, problems } = buildRequestBody(inputs, {
					values: { [input.name]: value },
					source: 'fields',
				});
				expect(problems.filter(({ name }) => name === input.name)).toEqual([]);
				expect(body).toEqual({ [input.name]: value });
			}
		}
	});

	it('refuses values just outside its limits', () => {
		for (const input of inputs.inputs) {
			const wrong: unknown[] = [];
			if (input.maximum !== undefined) wrong.push(input.maximum + 1);
			if (input.minimum !== undefined) wrong.push(input.minimum - 1);
			if (input.choices.length > 0) wrong.push('no such choice');
			if (input.maxLength !== undefined) wrong.push('x'.repeat(input.maxLength + 1));
			if (input.maxItems !== undefined) wrong.push(Array(input.maxItems + 1).fill('https://a.example/x'));
			for (const value of wrong) {
				const { problems } = buildRequestBody(inputs, { values: { [input.name]: value }, source: 'fields' });
				expect(problems.filter(({ name }) => name === input.name)).toHaveLength(1);
			}
		}
	});
});

describe('values', () => {
	it.each([
		[{ type: 'integer' }, '241', 241],
		[{ type: 'integer' }, ' 241.0 ', 241],
		[{ type: 'integer' }, 0, 0],
		[{ type: 'float' }, '2.5', 2.5],
		[{ type: ['number', 'null'] }, '1e2', 100],
		[{ type: 'boolean' }, 'TRUE', true],
		[{ type: 'boolean' }, false, false],
		[{ type: 'string' }, '2024', '2024'],
		[{ type: 'string' }, 2024, '2024'],
		[{ type: 'string' }, ' kept ', ' kept '],
		[{ type: 'string', enum: ['5', '10'] }, 5, '5'],
		[{ type: 'string', enum: ['720P'] }, ' 720p', '720P'],
		[{ enum: ['auto', 5] }, '5', 5],
		[{ enum: ['auto', 5] }, 'AUTO', 'auto'],
		[{ type: 'array', items: { type: 'string' } }, '["a","b"]', ['a', 'b']],
		[{ type: 'array', items: { type: 'string' } }, 'a\nb', ['a', 'b']],
		[{ type: 'array', items: { type: 'integer' } }, ['1', 2], [1, 2]],
		[{ type: 'array', format: 'image_uris' }, 'https://a.example/x', ['https://a.example/x']],
		[{ type: 'object' }, '{"a":1}', { a: 1 }],
		[{ type: 'string', format: 'image_uri' }, ' https://a.example/x ', 'https://a.example/x'],
		[{ type: 'string', format: 'image_uri' }, ['https://a.example/x'], 'https://a.example/x'],
	])('%j turns %j into %j', (schema, value, expected) =>
		expect(bodyOf(schema, value)).toMatchObject({ body: { value: expected }, problems: [] }),
	);

	it.each([
		[{ type: 'boolean' }, 'yes'],
		[{ type: 'boolean' }, 1],
		[{ type: 'integer' }, '2.5'],
		[{ type: 'integer' }, 'two'],
		[{ type: 'integer' }, true],
		[{ type: 'string' }, { a: 1 }],
		[{ enum: [1, 2] }, 3],
		[{ type: 'string', format: 'image_uri' }, 'ftp://a.example/x'],
		[{ type: 'string', format: 'video_uri' }, ['https://a.example/1', 'https://a.example/2']],
		[{ type: 'integer', minimum: 1 }, 0],
		[{ type: 'number', exclusiveMaximum: 1 }, 1],
		[{ type: 'string', minLength: 3 }, 'ab'],
		[{ type: 'object' }, 'text'],
	])('%j refuses %j', (schema, value) => expect(bodyOf(schema, value).problems).toHaveLength(1));

	it.each([null, undefined, ''])('%j is not set', (value) => {
		expect(bodyOf({ type: 'string' }, value).body).toEqual({});
	});

	it('an empty text counts in JSON, for an optional plain text only', () => {
		expect(bodyOf({ type: 'string' }, '', 'json').body).toEqual({ value: '' });
		expect(bodyOf({ type: 'integer' }, '', 'json').body).toEqual({});
		const required = inputsOf({ type: 'object', required: ['value'], properties: { value: { type: 'string' } } });
		expect(buildRequestBody(required, { values: { value: '' }, source: 'json' }).problems).toHaveLength(1);
	});
});

describe('a required text', () => {
	const required = inputsOf({ type: 'object', required: ['value'], properties: { value: { type: 'string' } } });

	it.each([' \n ', '\u00a0', '\u200b', '\ufeff\u200d', '\u2060\u00ad', '\u2800', '\t\u0000'])(
		'of what nobody sees is empty: %j',
		(value) => {
			for (const source of ['fields', 'json'] as const) {
				const { body, problems } = buildRequestBody(required, { values: { value }, source });
				expect([body, problems]).toEqual([{}, [{ name: 'value', text: 'is required, but empty' }]]);
			}
			expect(bodyOf({ type: 'string' }, value, 'json')).toMatchObject({ body: { value }, problems: [] });
		},
	);

	it.each(['.', '\u200ba', '👩‍👩‍👧', 'ß'])('of something is not: %j', (value) => {
		expect(buildRequestBody(required, { values: { value }, source: 'fields' })).toMatchObject({
			body: { value },
			problems: [],
		});
	});
});

describe('a list', () => {
	const urls = { type: 'array', format: 'image_uris' };
	const [a, b] = ['https://a.example/1.png', 'https://b.example/2,3.png'];

	it.each([
		[`${a}, ${b}`, [a, b]],
		[`${a},${b}`, [a, b]],
		[`${b} , ${a}\n${b}`, [b, a, b]],
		[`${a},data:image/png;base64,AAAA, ${b}`, [a, 'data:image/png;base64,AAAA', b]],
		['data:,https://a.example/x', ['data:,https://a.example/x']],
		[`${b},`, [`${b},`]],
	])('of addresses may have commas between them: %j', (text, expected) => {
		expect(bodyOf(urls, text)).toMatchObject({ body: { value: expected }, problems: [] });
	});

	it('of other texts keeps its commas', () => {
		expect(
			bodyOf({ type: 'array', items: { type: 'string' } }, 'a, b\nas on https://a.example, https://b.example')
				.body,
		).toEqual({
			value: ['a, b', 'as on https://a.example, https://b.example'],
		});
	});

	it('that is empty is a value in JSON, where the schema allows it', () => {
		expect(bodyOf(urls, [], 'json')).toMatchObject({ body: { value: [] }, problems: [] });
		expect(bodyOf(urls, '[ ]', 'json')).toMatchObject({ body: { value: [] }, problems: [] });
		expect(bodyOf({ ...urls, minItems: 1 }, [], 'json').problems).toHaveLength(1);
		expect(bodyOf(urls, [])).toMatchObject({ body: {}, problems: [] });
		expect(bodyOf(urls, [''], 'json')).toMatchObject({ body: {}, problems: [] });
	});
});

describe('a whole number beyond 2^53', () => {
	const LONG = '18446744073709551615';
	const read = (text: string) => (parseExactJson(text) as { value: unknown }).value;

	it.each([{ type: 'integer' }, { type: 'number' }, { type: ['integer', 'null'] }])(
		'is refused where it would change: %j',
		(schema) => {
			for (const value of [LONG, read(`{"value":${LONG}}`)]) {
				const { body, problems } = bodyOf(schema, value, 'json');
				expect([body, problems]).toEqual([
					{ value: LONG },
					[
						{
							name: 'value',
							text: expect.stringMatching(
								/^is too large to send exactly: "?18446744073709551615/,
							) as string,
						},
					],
				]);
			}
		},
	);

	it('is sent where all its digits arrive', () => {
		expect(JSON.stringify(bodyOf({ type: 'integer' }, read('{"value":9007199254740994}'), 'json'))).toContain(
			'"body":{"value":9007199254740994},"problems":[]',
		);
		expect(JSON.stringify(bodyOf({ type: 'integer' }, '1000000000000000000'))).toContain(
			'"body":{"value":1000000000000000000},"problems":[]',
		);
		expect(bodyOf({ type: 'string' }, read(`{"value":${LONG}}`), 'json')).toMatchObject({
			body: { value: LONG },
			problems: [],
		});
	});

	it('that is one of JavaScript already may have been another one', () => {
		expect(bodyOf({ type: 'integer' }, 2 ** 53).problems).toEqual([
			{ name: 'value', text: 'is too large to send exactly: 9007199254740992' },
		]);
		expect(
			bodyOf({ type: 'object', properties: { seed: { type: 'integer' } } }, { seed: 2 ** 60 }).problems,
		).toHaveLength(1);
		expect(bodyOf({ type: 'number' }, 1e300).problems).toEqual([]);
	});

	it('is found wherever it stands', () => {
		const value = read(`{"value":{"seeds":[1,-${LONG}]}}`);
		expect(bodyOf({ type: 'object' }, value, 'json')).toMatchObject({
			body: { value: { seeds: [1, `-${LONG}`] } },
			problems: [{ text: `contains a whole number that is too large to send exactly: -${LONG}` }],
		});
		expect(bodyOf({ type: 'array', items: {} }, `[${LONG}]`).problems).toHaveLength(1);
		expect(
			buildRequestBody(property({}), { values: { other: read(`{"value":${LONG}}`) }, source: 'json' }).problems,
		).toHaveLength(1);
		expect(() => buildUncheckedBody({ values: { other: read(`{"value":${LONG}}`) }, source: 'json' })).toThrow(
			'too large to send exactly',
		);
	});

	it.each([
		[
			'{"a":"18446744073709551615","b":1e400,"c":1.8446744073709551615}',
			{ a: LONG, b: Infinity, c: 1.8446744073709551615 },
		],
		['{"a\\"":"\\\\","b":[-18446744073709551615]}', { 'a"': '\\', b: [-18446744073709551615n] }],
		['[00000000000000000001]', undefined],
	])('is read out of %s', (text, expected) => expect(parseExactJson(text)).toEqual(expected));
});

describe('a schema that is wrong or odd', () => {
	it('requires a name that it does not declare: a warning', () => {
		const inputs = inputsOf({
			type: 'object',
			required: ['image_urls'],
			properties: { images: { type: 'array' } },
		});
		const result = buildRequestBody(inputs, { values: {}, source: 'fields' });
		expect(result).toMatchObject({ problems: [], warnings: [expect.stringContaining('"image_urls"')] });
	});

	it.each([undefined, null, 'text', [], {}, { properties: [] }, { type: 'object', properties: {} }])(
		'%j is none',
		(schema) => expect(describeModelInputs(schema)).toBeUndefined(),
	);

	it.each([
		{ pattern: '(' },
		{ $ref: '#/nowhere' },
		{ type: 'fancy' },
		{ nullable: true, type: 'string' },
		{ enum: 'no list' },
		{ items: 5, type: 'array' },
		true,
	])('%j is no reason to give up', (schema) => expect(bodyOf(schema as object, 'text').problems).toEqual([]));
});

describe('the bundled schemas', () => {
	it("say the same as RunComfy's own, samples aside", () => {
		const folder = join(__dirname, '..', 'fixtures', 'models');
		const name = readdirSync(folder).find((file) => file.startsWith('bytedance__dreamina-3-0')) as string;
		const { model_id, input_schema } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as {
			model_id: string;
			input_schema: unknown;
		};
		const comparable = ({ inputs }: ModelInputs) =>
			inputs.map(({ schema, source, ...input }) => ({
				...input,
				default: ['text', 'media'].includes(input.kind) ? undefined : input.default,
				validations: [schema.validations, source.validations],
			}));
		expect(comparable(inputsOf(bundledModel(model_id)?.input_schema))).toEqual(comparable(inputsOf(input_schema)));
	});
});
