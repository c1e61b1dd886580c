import { modelPath, requestPath } from '../../nodes/RunComfy/api/model/paths';
import { parseModel, pathOfPage } from '../../nodes/RunComfy/model/modelId';

const ID = 'bytedance/dreamina-3-0/image-to-video';

describe('parseModel', () => {
	it.each([
		[ID, ID],
		[` /${ID}/ `, ID],
		['sync/react-1', 'sync/react-1'],
		['minimax/Hailuo Video 01 Live', 'minimax/Hailuo Video 01 Live'],
		['kling/kling-video-o3/4K/image-to-video', 'kling/kling-video-o3/4K/image-to-video'],
	])('takes %s as an id', (text, id) => expect(parseModel(text)).toEqual({ id }));

	it.each([
		[`https://www.runcomfy.com/models/${ID}`, ID],
		[`https://www.runcomfy.com/models/${ID}/`, ID],
		[`https://www.runcomfy.com/models/${ID}/api`, ID],
		[`https://www.runcomfy.com/models/${ID}/playground?x=1#y`, ID],
		[`https://www.runcomfy.com/playground/${ID}`, ID],
		[`https://www.runcomfy.com/models/playground/${ID}`, ID],
		[`https://www.runcomfy.com/zh-CN/models/${ID}?tab=api`, ID],
		[`https://www.runcomfy.com/ja/playground/${ID}/api`, ID],
		[`http://runcomfy.com/models/${ID}`, ID],
		[`www.runcomfy.com/models/${ID}`, ID],
		['https://www.runcomfy.com/models/minimax/Hailuo%20Video%2001%20Live', 'minimax/Hailuo Video 01 Live'],
	])('takes %s as a page whose path may be an id', (url, path) => {
		expect(parseModel(url)).toEqual({ page: { url, path, possibleId: path } });
		expect(pathOfPage(url.startsWith('http') ? url : `https://${url}`)).toBe(path);
	});

	it.each([
		['https://www.runcomfy.com/models/google', 'google'],
		['https://www.runcomfy.com/comfyui-workflows/flux', 'comfyui-workflows/flux'],
	])('takes %s as a page whose path is no id', (url, path) =>
		expect(parseModel(url)).toEqual({ page: { url, path } }),
	);

	it.each([
		'',
		' ',
		undefined,
		null,
		12,
		'dreamina',
		'runcomfy.com',
		'https://runcomfy.com',
		'https://runcomfy.com/models',
		`https://runcomfy.com.evil.example/models/${ID}`,
		'a/../b',
		'./a',
		'https://www.runcomfy.com/models/%2e%2e/b',
	])('refuses %s', (text) => expect(() => parseModel(text)).toThrow(/^Model /));
});

describe('paths', () => {
	it('encode each segment and keep the slashes', () => {
		expect(modelPath('minimax/Hailuo Video/a?b')).toBe('/v1/models/minimax/Hailuo%20Video/a%3Fb');
		expect(requestPath('a/b', 'status')).toBe('/v1/requests/a%2Fb/status');
	});
});
