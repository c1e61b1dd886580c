import type { CatalogEntry } from '../../nodes/RunComfy/api/model/catalog';
import { parseModel } from '../../nodes/RunComfy/model/modelId';
import { modelOfPage } from '../../nodes/RunComfy/model/resolveModel';
import type { RunComfyFailure } from '../../nodes/RunComfy/shared/failure';

const SITE = 'https://www.runcomfy.com/models';
const entry = (id: string, page: string | undefined = id): CatalogEntry => ({
	model_id: id,
	...(page ? { model_url: `${SITE}/${page}` } : {}),
});

const CATALOG = [
	entry('google/nano-banana-2/text-to-image', 'google/nano-banana-2'),
	entry('google/nano-banana-2/edit'),
	entry('google/nano-banana-2-lite/text-to-image'),
	entry('bytedance/seedance-2.0/pro', 'bytedance/seedance-v2/pro'),
	entry('bytedance/seedance-2.0-mini/image-to-video', ''),
	entry('kling/kling-3.0/pro/image-to-video'),
	entry('kling/kling-3.0/standard/image-to-video'),
	entry('runwayml/runway-aleph-2/video-to-video'),
	{ model_id: 'workflows/flux', model_url: 'https://www.runcomfy.com/comfyui-workflows/flux-in-comfyui' },
	{ model_id: 'odd/url', model_url: 12 } as unknown as CatalogEntry,
];

async function find(url: string, catalog: readonly CatalogEntry[] = CATALOG): Promise<string> {
	const named = parseModel(url);
	if ('id' in named) throw new Error('not a page');
	return await modelOfPage(named.page, catalog);
}

async function refusal(url: string, catalog?: readonly CatalogEntry[]) {
	return await find(url, catalog).then(
		(id) => id,
		(error: RunComfyFailure) => error.details,
	);
}

describe('the model of a page', () => {
	it.each([
		['runcomfy.com/models/google/nano-banana-2/api', 'google/nano-banana-2/text-to-image'],
		[`${SITE}/google/nano-banana-2`, 'google/nano-banana-2/text-to-image'],
		[`${SITE}/google/nano-banana-2/edit?x=1#y`, 'google/nano-banana-2/edit'],
		[`${SITE}/google/nano-banana-2/text-to-image`, 'google/nano-banana-2/text-to-image'],
		[`${SITE}/google/nano-banana-2-lite`, 'google/nano-banana-2-lite/text-to-image'],
		[`${SITE}/bytedance/seedance-v2/pro`, 'bytedance/seedance-2.0/pro'],
		['https://www.runcomfy.com/zh-CN/playground/bytedance/seedance-v2/pro/api', 'bytedance/seedance-2.0/pro'],
		[`${SITE}/bytedance/seedance-v2`, 'bytedance/seedance-2.0/pro'],
		[`${SITE}/bytedance/seedance-2.0-mini`, 'bytedance/seedance-2.0-mini/image-to-video'],
		[`${SITE}/Kling/Kling-3.0/Pro/image-to-video`, 'kling/kling-3.0/pro/image-to-video'],
		['https://www.runcomfy.com/comfyui-workflows/flux-in-comfyui', 'workflows/flux'],
	])('%s is %s', async (url, id) => expect(await find(url)).toBe(id));

	it.each([
		[
			`${SITE}/kling/kling-3.0`,
			'Models there: kling/kling-3.0/pro/image-to-video, kling/kling-3.0/standard/image-to-video',
		],
		[`${SITE}/kling`, 'Models there: kling/kling-3.0/pro/image-to-video, kling/kling-3.0/standard/image-to-video'],
		// The vendor may sell another one tomorrow.
		[`${SITE}/runwayml`, 'Models there: runwayml/runway-aleph-2/video-to-video'],
	])('%s is not that of one model', async (url, models) => {
		expect(await refusal(url)).toMatchObject({
			code: 'invalid_input',
			charged: 'no',
			message: expect.stringContaining(models),
		});
	});

	it.each([
		[
			`${SITE}/collections/kling`,
			'Did you mean kling/kling-3.0/pro/image-to-video or kling/kling-3.0/standard/image-to-video? ',
		],
		[`${SITE}/bytedance/seedance/pro`, 'Did you mean bytedance/seedance-2.0/pro? '],
		['https://www.runcomfy.com/comfyui-workflows/none', 'Select a model from the list'],
		[`${SITE}/kling/kling-3.0/pro/image-to-video/examples`, 'Select a model from the list'],
		[
			`${SITE}/google/nano-banana`,
			'Did you mean google/nano-banana-2/text-to-image, google/nano-banana-2/edit or google/nano-banana-2-lite/text-to-image? ',
		],
	])('%s is that of no model', async (url, advice) => {
		expect(await refusal(url)).toMatchObject({
			code: 'invalid_input',
			message: `The page "${url}" isn't the page of a model in RunComfy's catalog`,
			description: expect.stringContaining(advice),
		});
	});

	it('is the one with the id of its path where the catalog gives several the same page', async () => {
		const catalog = [entry('a/b/draft', 'a/b'), entry('a/b'), entry('a/b/pro', 'a/b')];
		expect(await find(`${SITE}/a/b`, catalog)).toBe('a/b');
		expect(await refusal(`${SITE}/a/b`, [catalog[0]!, catalog[2]!])).toMatchObject({ code: 'invalid_input' });
	});

	it('names eight models at most', async () => {
		const catalog = Array.from({ length: 5_000 }, (_, index) => entry(`a/b/model-${index}`, 'a/b'));
		expect(await refusal(`${SITE}/a/b`, catalog)).toMatchObject({
			message: expect.stringMatching(/model-7 and 4992 more$/),
		});
	});
});
