import { safeFileName } from '../../nodes/RunComfy/files/fileName';
import { isAllowedFileUrl, parseHosts } from '../../nodes/RunComfy/files/hostPolicy';
import { mimeTypeOf } from '../../nodes/RunComfy/files/mediaTypes';
import { collectOutputUrls, selectUrls } from '../../nodes/RunComfy/files/outputUrls';

const urlsOf = (output: unknown) => collectOutputUrls(output).map(({ url }) => url);

describe('collectOutputUrls', () => {
	it.each([
		['https://a.example/1.mp4', ['https://a.example/1.mp4']],
		[['https://a.example/1.png', 'https://a.example/2.png'], ['https://a.example/1.png', 'https://a.example/2.png']],
		[{ b: { deep: ['https://a.example/x'] }, a: 'https://a.example/y' }, ['https://a.example/x', 'https://a.example/y']],
		[{ image: 'https://a.example/1.png', again: 'https://a.example/1.png' }, ['https://a.example/1.png']],
		[{ text: 'see https://a.example/1.png for more', n: 3, no: null, yes: true }, []],
		['http://', []],
		[undefined, []],
	])('of %j', (output, urls) => expect(urlsOf(output)).toEqual(urls));

	it('tells the kind by the name, else by the key', () => {
		const output = { videos: ['https://a.example/x'], image: 'https://a.example/y.mp3', other: 'https://a.example/z' };
		expect(collectOutputUrls(output).map(({ kind }) => kind)).toEqual(['video', 'audio', undefined]);
		expect(selectUrls(collectOutputUrls(output), 'videos').map(({ url }) => url)).toEqual(['https://a.example/x']);
	});
});

describe('isAllowedFileUrl', () => {
	const policy = { modelApiOrigin: 'http://127.0.0.1:4010', extraHosts: parseHosts('cdn.example.com, *.example.org') };

	it.each([
		['https://playgrounds-storage-public.runcomfy.net/a.mp4', true],
		['https://www.runcomfy.com/a.mp4', true],
		['http://files.runcomfy.net/a.mp4', false],
		['https://runcomfy.net.evil.example/a.mp4', false],
		['https://evilruncomfy.net/a.mp4', false],
		['https://cdn.example.com:8443/a.mp4', true],
		['http://cdn.example.com/a.mp4', false],
		['https://sub.cdn.example.com/a.mp4', false],
		['https://a.b.example.org/a.mp4', true],
		['https://example.org/a.mp4', false],
		['http://127.0.0.1:4010/a.mp4', true],
		['http://127.0.0.1:4011/a.mp4', false],
		['https://127.0.0.1:4010/a.mp4', false],
		['https://user:secret@files.runcomfy.net/a.mp4', false],
		['nonsense', false],
	])('%s: %s', (url, allowed) => expect(isAllowedFileUrl(url, policy)).toBe(allowed));

	it('reads hosts that were pasted as addresses', () => {
		expect(parseHosts('https://CDN.example.com:8443/path, ,*')).toEqual(['cdn.example.com']);
	});
});

describe('safeFileName', () => {
	it.each([
		['https://a.example/videos/clip.mp4?sig=1', 'video/mp4', 'clip.mp4'],
		['https://a.example/my%20clip.mp4', 'video/mp4', 'my clip.mp4'],
		['https://a.example/clip.bin', 'video/mp4', 'clip.mp4'],
		['https://a.example/clip', 'video/mp4', 'clip.mp4'],
		['https://a.example/photo.jpeg', 'image/jpeg', 'photo.jpeg'],
		['https://a.example/photo.png', 'image/jpeg', 'photo.jpg'],
		['https://a.example/..%2f..%2fetc%2fpasswd', 'text/plain', '_.._etc_passwd.txt'],
		['https://a.example/con.txt', 'text/plain', '_con.txt'],
		['https://a.example/a%00b%3a.png', 'image/png', 'ab_.png'],
		['https://a.example/', 'image/png', 'request.png'],
		['https://a.example/thing.xyz', 'application/x-new', 'thing.xyz'],
		['https://a.example/%E0%A4%A', 'image/png', '%E0%A4%A.png'],
	])('of %s as %s is %s', (url, mimeType, name) => expect(safeFileName(url, mimeType, 'request')).toBe(name));

	it('is of a bearable length', () => {
		expect(safeFileName(`https://a.example/${'x'.repeat(300)}.mp4`, 'video/mp4', 'f')).toHaveLength(124);
	});
});

describe('mimeTypeOf', () => {
	it.each([
		['Video/MP4; codecs=x', 'a.bin', 'video/mp4'],
		['application/octet-stream', '/a/clip.mp4', 'video/mp4'],
		[undefined, '/a/clip.wav', 'audio/wav'],
		['', '/a/clip', 'application/octet-stream'],
	])('%s for %s is %s', (header, name, type) => expect(mimeTypeOf(header, name)).toBe(type));
});
