import { estimatePrice } from '../../nodes/RunComfy/model/priceEstimate';
import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';

/** The estimate for a base price of 2 USD. */
function estimate(unit: string | undefined, properties: Record<string, object>, body: Record<string, unknown> = {}) {
	const entry = { model_id: 'a/b', base_price_usd: 2, ...(unit === undefined ? {} : { price_unit: unit }) };
	const inputs = describeModelInputs({ type: 'object', properties: { seed: { type: 'integer' }, ...properties } });
	const price = estimatePrice(entry, inputs, body);
	return price === undefined ? undefined : Number(price.toFixed(6));
}

const integer = (value?: number) => ({ type: 'integer', default: value });

describe('the estimated price', () => {
	it.each<[string | undefined, Record<string, object>, Record<string, unknown>, number]>([
		[undefined, {}, {}, 2],
		['output', {}, {}, 2],
		['per request', { num_images: integer(4) }, {}, 2],
		['run', { n: integer() }, { n: 3 }, 2],
		['output', { num_images: integer(4) }, {}, 8],
		['output', { num_images: integer(4) }, { num_images: 3 }, 6],
		['output', { num_images: integer() }, {}, 2],
		['per image', { n: integer(1) }, { n: '2' }, 4],
		['image', { batch_size: integer(1), num_images: integer(1) }, { batch_size: 2, num_images: 3 }, 12],
		['images', { number_of_images: integer(2) }, {}, 4],
		['image', { image_count: integer(2) }, {}, 4],
		['generation', { num_samples: integer(2) }, {}, 4],
		['video', { num_outputs: integer() }, { num_outputs: 2 }, 4],
		['song', { num_songs: integer(2) }, {}, 4],
		['audio', { count: integer(2) }, {}, 4],
		['', { num_generations: integer(2) }, {}, 4],
	])('per %s with %j and %j counts outputs', (unit, properties, body, price) =>
		expect(estimate(unit, properties, body)).toBe(price),
	);

	it.each<[string, Record<string, object>, Record<string, unknown>]>([
		['video', { num_images: integer(4) }, {}],
		['image', { num_videos: integer(4) }, {}],
		['image', { num_inference_steps: integer(40), num_frames: integer(9), image_count_hint: integer(2) }, {}],
		['image', {}, { num_images: 4 }],
	])('per %s with %j and %j counts nothing that is no output of it', (...args) => expect(estimate(...args)).toBe(2));

	it.each<[string, Record<string, object>, Record<string, unknown>, number]>([
		['second', { duration: integer(5) }, {}, 10],
		['sec', { duration: integer(5) }, { duration: 8 }, 16],
		['seconds', { duration: { type: 'string' } }, { duration: '5s' }, 10],
		['/s', { duration: { type: 'string' } }, { duration: ' 8 ' }, 16],
		['per second', { duration: { type: 'string' } }, { duration: '2.5 seconds' }, 5],
		['USD per second', { seconds: integer(4) }, {}, 8],
		['5 seconds', { duration: integer(10) }, {}, 4],
		['second', { number_of_frames: integer(240) }, {}, 20],
		['second', { num_frames: integer(80), fps: integer(16) }, {}, 10],
		['second', { duration: integer(5), num_videos: integer(2) }, {}, 20],
		['second', { duration: integer(5), num_images: integer(2) }, {}, 10],
	])('per %s with %j and %j counts seconds', (unit, properties, body, price) =>
		expect(estimate(unit, properties, body)).toBe(price),
	);

	it.each<[string, Record<string, object>, Record<string, unknown>, number]>([
		['megapixel', { width: integer(1000), height: integer(500) }, {}, 1],
		['MP', { width: integer(1000), height: integer(500) }, { width: 2000, height: '2000' }, 8],
		['megapixels', { size: { type: 'string' } }, { size: '2000x1000' }, 4],
		[
			'megapixel',
			{ image_size: { type: 'object' }, num_images: integer(2) },
			{ image_size: { width: 1000, height: 1000 } },
			4,
		],
		['1,000 characters', { text: { type: 'string' } }, { text: 'x'.repeat(500) }, 1],
		['1k chars', { prompt: { type: 'string' } }, { prompt: 'x'.repeat(1500) }, 3],
		['character', { text: { type: 'string' }, prompt: { type: 'string' } }, { text: 'abc', prompt: 'a voice' }, 6],
	])('per %s with %j and %j', (unit, properties, body, price) =>
		expect(estimate(unit, properties, body)).toBe(price),
	);

	it.each<[string, Record<string, object>, Record<string, unknown>]>([
		['second', {}, {}],
		['second', { duration: integer(5) }, { duration: 'auto' }],
		['second', { duration: integer(5) }, { duration: -1 }],
		['second', { duration: { type: 'string' } }, { duration: '1m' }],
		['second', { num_frames: integer(80), fps: {} }, { fps: 'as the input' }],
		['image', { num_images: integer(1) }, { num_images: 'auto' }],
		['image', { num_images: integer(1) }, { num_images: 0 }],
		['megapixel', { size: { type: 'string' } }, { size: '16:9' }],
		['megapixel', { width: integer(1000) }, {}],
		['1,000 characters', { text: { type: 'string' } }, {}],
		['character', { text: { type: 'string' }, prompt: { type: 'string' } }, { prompt: 'a voice' }],
		['token', {}, {}],
		['minute', { duration: integer(5) }, {}],
		['0 seconds', { duration: integer(5) }, {}],
		['second of 720p', { duration: integer(5) }, {}],
	])('per %s with %j and %j cannot be worked out', (...args) => expect(estimate(...args)).toBeUndefined());

	it('counts what the body holds where no schema is known', () => {
		expect(
			estimatePrice({ model_id: 'a/b', base_price_usd: 2, price_unit: 'image' }, undefined, { num_images: 3 }),
		).toBe(6);
		expect(
			estimatePrice({ model_id: 'a/b', base_price_usd: 2, price_unit: 'second' }, undefined, { duration: 3 }),
		).toBe(6);
	});

	it.each([null, undefined, NaN, -1, 'two'])('is unknown with the base price %s', (base) => {
		expect(estimatePrice({ model_id: 'a/b', base_price_usd: base as never }, undefined, {})).toBeUndefined();
	});
});
