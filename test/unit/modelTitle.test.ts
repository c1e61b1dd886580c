import type { CatalogEntry } from '../../nodes/RunComfy/api/model/catalog';
import { orderSteps } from '../../nodes/RunComfy/model/catalogOrder';
import { modelTitle, titleLine } from '../../nodes/RunComfy/model/modelTitle';
import { loadCatalog } from '../simulator/catalog';
import { counted, resultOf } from '../support/steps';

const entry = (id: string, more: object = {}): CatalogEntry => ({ model_id: id, ...more });
const line = (model: CatalogEntry) => titleLine(modelTitle(model));

describe('the line of a model in the list', () => {
	it.each([
		[
			entry('a/b', { display_name: 'Kling 3.0 Pro I2V', base_price_usd: 0.05, price_unit: 'second' }),
			'Kling 3.0 Pro · Image to Video · from $0.05/s',
		],
		[
			entry('a/b', { display_name: 'FLUX 3 i2v  Draft', base_price_usd: 0.0333333, price_unit: '' }),
			'FLUX 3 Draft · Image to Video · from $0.03333',
		],
		[
			entry('a/b', { display_name: 'Dreamina 3.0 Image to Video', base_price_usd: 1, price_unit: 'per output' }),
			'Dreamina 3.0 · Image to Video · from $1/output',
		],
		[entry('a/flux/first-last-frame-to-video', { display_name: 'FLUX' }), 'FLUX · First Last Frame to Video'],
		[entry('a/b/pro', { display_name: 'Seedance Pro', categories: ['edit-video'] }), 'Seedance Pro · Edit Video'],
		[entry('a/text-to-video'), 'a/text-to-video · Text to Video'],
		[entry('a/b', { display_name: 'Text to Image' }), 'Text to Image'],
		[
			entry('a/b', { display_name: 'Free', base_price_usd: 0, price_unit: '1k characters' }),
			'Free · from $0/1k characters',
		],
		[entry('a/b', { display_name: 12, categories: 'x', base_price_usd: '1', price_unit: {} }), 'a/b'],
		[entry('a/b', { display_name: 'C', categories: [null, 7], base_price_usd: NaN }), 'C'],
	])('of %j is "%s"', (model, expected) => expect(line(model)).toBe(expected));

	it('is short, however long the texts of the catalog are', () => {
		const long = 'word-to-'.repeat(100_000);
		const title = line(
			entry(long, { display_name: `${long} I2V`, categories: [long], price_unit: long, base_price_usd: 1 }),
		);
		expect(title.length).toBeLessThan(150);
	});

	it('tells all models of the catalog apart', () => {
		const lines = loadCatalog().map((model) => line(model as unknown as CatalogEntry));
		expect(new Set(lines).size).toBe(lines.length);
	});
});

describe('the order of the list', () => {
	it('is by task, then by price, and what has no task or price comes last', () => {
		const priced = (id: string, name: string, price?: number, unit = 'output') =>
			entry(id, { display_name: name, base_price_usd: price, price_unit: unit });
		const models = [
			priced('none', 'Odd'),
			priced('video-s', 'Z T2V', 0.01, 'second'),
			priced('video-2', 'A T2V', 0.2),
			priced('video-1', 'B T2V', 0.1),
			priced('video-1a', 'A T2V', 0.1),
			priced('video-free', 'A T2V'),
			priced('image', 'A T2I', 5),
		];
		expect(resultOf(orderSteps(models)).map(({ model_id: id }) => id)).toEqual([
			...['image', 'video-1a', 'video-1', 'video-2', 'video-s', 'video-free', 'none'],
		]);
	});

	it('gives way in a large catalog', () => {
		const large = Array.from({ length: 20_000 }, (_, index) => entry(`vendor/model-${20_000 - index}`));
		const { result, count } = counted(orderSteps(large));
		expect(result).toHaveLength(20_000);
		expect(count).toBe(20_001);
	});
});
