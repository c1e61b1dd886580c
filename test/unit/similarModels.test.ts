import type { CatalogEntry } from '../../nodes/RunComfy/api/model/catalog';
import { didYouMean, similarSteps, withSimilarModels } from '../../nodes/RunComfy/model/similarModels';
import { RunComfyFailure } from '../../nodes/RunComfy/shared/failure';
import { loadCatalog } from '../simulator/catalog';
import { counted, resultOf } from '../support/steps';

const CATALOG = loadCatalog() as unknown as CatalogEntry[];
const similar = (id: string, catalog = CATALOG) => resultOf(similarSteps(catalog, id));

describe('the models that may be meant', () => {
	it.each([
		['bytedance/dreamna-3-0/image-to-video', 'bytedance/dreamina-3-0/image-to-video'],
		['bytedance/dreamina-3.0/image-to-video', 'bytedance/dreamina-3-0/image-to-video'],
		['ByteDance/Dreamina-3-0/Image-to-Video', 'bytedance/dreamina-3-0/image-to-video'],
		['dreamina-3-0/image-to-video', 'bytedance/dreamina-3-0/image-to-video'],
		['kling/kling-3/pro/i2v', 'kling/kling-3.0/pro/image-to-video'],
		['kuaishou/kling-3.0/pro/image-to-video', 'kling/kling-3.0/pro/image-to-video'],
		['google/nano-banana-2-lite', 'google/nano-banana-2-lite/text-to-image'],
		['openai/gpt-image-2/text2image', 'openai/gpt-image-2/text-to-image'],
	])('by %s', (id, meant) => expect(similar(id)[0]).toBe(meant));

	it('are three at most, without the ID itself', () => {
		expect(similar('kling/kling')).toHaveLength(3);
		expect(similar('bytedance/dreamina-3-0/image-to-video')).not.toContain('bytedance/dreamina-3-0/image-to-video');
	});

	it.each(['no/such-model', '???/???', 'x'])('are none by %s', (id) => expect(similar(id)).toEqual([]));

	it('are found step by step, and in the first models of a huge catalog', () => {
		const large = Array.from({ length: 20_000 }, (_, index) => ({ model_id: `vendor/model-${index}` }));
		const { result, count } = counted(similarSteps(large, 'vendor/modl-4'.repeat(1_000)));
		expect(result).toEqual([]);
		expect(count).toBeLessThanOrEqual(45_000);
	});
});

describe('the question', () => {
	it.each<[string[], string]>([
		[[], ''],
		[['a/b'], 'Did you mean a/b? '],
		[['a/b', 'c/d', 'e/f'], 'Did you mean a/b, c/d or e/f? '],
	])('about %j is "%s"', (ids, text) => expect(didYouMean(ids)).toBe(text));

	it('is put before the advice about an unknown model, and nowhere else', () => {
		const failure = (code: 'not_found' | 'forbidden') =>
			new RunComfyFailure({ code, message: 'm', description: 'Advice.', retryable: false, charged: 'no' });
		expect(withSimilarModels(failure('not_found'), ['a/b'])).toMatchObject({
			details: { code: 'not_found', description: 'Did you mean a/b? Advice.', charged: 'no' },
		});
		const other = failure('forbidden');
		expect(withSimilarModels(other, ['a/b'])).toBe(other);
	});
});
