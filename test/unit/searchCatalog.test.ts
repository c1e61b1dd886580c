import type { CatalogEntry } from '../../nodes/RunComfy/api/model/catalog';
import { searchSteps } from '../../nodes/RunComfy/model/searchCatalog';
import { loadCatalog } from '../simulator/catalog';
import { counted, resultOf } from '../support/steps';

const CATALOG = loadCatalog() as unknown as CatalogEntry[];

function search(text: string, entries: CatalogEntry[] = CATALOG): string[] {
	return resultOf(searchSteps(entries, text)).map(({ model_id: id }) => id);
}

const entry = (id: string, more: Partial<CatalogEntry> = {}): CatalogEntry => ({ model_id: id, ...more });

describe('a search in the catalog', () => {
	it.each([
		['kling 3 pro', ['kling/kling-3.0/pro/image-to-video']],
		['kling 3.0 pro', ['kling/kling-3.0/pro/image-to-video']],
		['Pro KLING_3.0', ['kling/kling-3.0/pro/image-to-video']],
		['kling3pro', ['kling/kling-3.0/pro/image-to-video']],
		['dreamina 3.0', ['bytedance/dreamina-3-0/image-to-video']],
		['dreamina-3', ['bytedance/dreamina-3-0/image-to-video']],
		['Dreamina 3.0 Image to Video', ['bytedance/dreamina-3-0/image-to-video']],
		['seedance 2.0', ['bytedance/seedance-2.0-mini/image-to-video', 'bytedance/seedance-2.0/pro']],
		['seedance-v2 pro', ['bytedance/seedance-2.0/pro']],
		['https://www.runcomfy.com/models/bytedance/seedance-v2/pro/api', ['bytedance/seedance-2.0/pro']],
		['nanobanana', ['google/nano-banana-2-lite/text-to-image']],
		['nano banana', ['google/nano-banana-2-lite/text-to-image']],
		['the nano banana model', ['google/nano-banana-2-lite/text-to-image']],
		['ltx2.5 t2v', ['lightricks/ltx-2.5/text-to-video/fast', 'lightricks/ltx-2.5/text-to-video/pro']],
		['text to vid ltx', ['lightricks/ltx-2.5/text-to-video/fast', 'lightricks/ltx-2.5/text-to-video/pro']],
		['qwen 3 pro txt2img', ['qwen/qwen-image-3.0/pro/text-to-image']],
		[
			'gpt image 2 text to image',
			['openai/gpt-image-2/text-to-image', 'openai/gpt-image-2.5/sunburst/text-to-image'],
		],
		['v2v kling', ['kling/kling-video-o3/standard/video-to-video']],
		['r2v kling pro', ['kling/kling-video-o3/pro/reference-to-video']],
		['flf2v flux draft', ['blackforestlabs/flux-3/first-last-frame-to-video/draft']],
		['ace step 1.5', ['acestep-ai/ace-step-1.5/text-to-audio']],
		['no such thing', []],
		['!?', []],
	])('for "%s"', (text, ids) => expect(search(text)).toEqual(ids));

	it('shows other versions behind the one that was typed', () => {
		const found = search('seedance 2');
		expect(found.slice(0, 2)).toEqual(['bytedance/seedance-2.0-mini/image-to-video', 'bytedance/seedance-2.0/pro']);
		expect(found[2]).toContain('seedance-2.5');
		expect(search('kling 3').every((id) => id.includes('kling-3.0'))).toBe(true);
	});

	it.each([
		['t2i', 'text-to-image'],
		['text to image', 'text-to-image'],
		['txt2img', 'text-to-image'],
		['text 2 image', 'text-to-image'],
		['image 2 video', 'image-to-video'],
		['i2v', 'image-to-video'],
		['img2vid', 'image-to-video'],
		['image_to_video', 'image-to-video'],
		['t2v', 'text-to-video'],
		['v2v', 'video-to-video'],
		['i2i', 'image-to-image'],
		['tts', 'text-to-audio'],
	])('knows "%s" as %s', (text, task) => {
		const found = search(text);
		expect(found.length).toBeGreaterThan(0);
		expect(found[0]).toContain(task.startsWith('text-to-audio') ? 'text-to-audio' : task);
		const ofTask = CATALOG.filter(
			({ model_id: id, categories }) => id.includes(task) || categories?.includes(task),
		).map(({ model_id: id }) => id);
		expect(found).toEqual(expect.arrayContaining(ofTask));
	});

	it('finds all while a word is typed, and the whole catalog without one', () => {
		for (const text of ['d', 'dr', 'dream', 'dreamina'])
			expect(search(text)).toContain('bytedance/dreamina-3-0/image-to-video');
		expect(search('  ')).toEqual(CATALOG.map(({ model_id: id }) => id));
	});

	it('puts what is named so first, then names, then descriptions', () => {
		const entries = [
			entry('a/one', { description: 'Made for portraits' }),
			entry('a/portrait-maker'),
			entry('a/x', { display_name: 'Fast Portraits' }),
			entry('a/y', { display_name: 'Portraits' }),
			entry('a/z', { categories: ['portraits'] }),
		];
		expect(search('portraits', entries)).toEqual(['a/y', 'a/x', 'a/one', 'a/z']);
		expect(search('portrait', entries)).toEqual(['a/portrait-maker', 'a/x', 'a/y', 'a/one', 'a/z']);
	});

	it('takes other scripts and accents', () => {
		const entries = [entry('a/b', { display_name: '可灵 视频' }), entry('a/c', { display_name: 'Café Noir' })];
		expect(search('可灵', entries)).toEqual(['a/b']);
		expect(search('cafe noir', entries)).toEqual(['a/c']);
	});

	it('makes nothing of fields that are no texts', () => {
		const odd = {
			model_id: 'a/b',
			display_name: 12,
			description: ['x'],
			categories: [null, 3],
			kind: {},
		} as unknown as CatalogEntry;
		expect(search('b', [odd])).toEqual(['a/b']);
		expect(search('x', [odd])).toEqual([]);
	});

	it('gives way in a large catalog: a step is one model, however long its texts and the search are', () => {
		const large = Array.from({ length: 1_000 }, (_, index) =>
			entry(`vendor/model-${index}`, { description: 'words '.repeat(10_000) }),
		);
		const { result, count } = counted(searchSteps(large, 'model-999 '.repeat(10_000)));
		expect(result[0]?.model_id).toBe('vendor/model-999');
		expect(count).toBe(1_000);
	});
});
