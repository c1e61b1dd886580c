import { createHash } from 'node:crypto';

import { Checksum } from '../../nodes/RunComfy/files/checksum';
import {
	chosenFileName,
	nameInDisposition,
	nameInUrl,
	safeFileName,
	UniqueNames,
	withRequestId,
} from '../../nodes/RunComfy/files/fileName';
import { parseHosts, denyReason } from '../../nodes/RunComfy/files/hostPolicy';
import { agreedMimeType } from '../../nodes/RunComfy/shared/mediaTypes';
import { dataUriOfBase64, withoutDataUris } from '../../nodes/RunComfy/files/dataUri';
import { collectOutput } from '../../nodes/RunComfy/files/outputUrls';
import { detectMimeType } from '../../nodes/RunComfy/shared/signatures';
import { textInsteadOfFile } from '../../nodes/RunComfy/shared/textContent';
import { readMedia } from '../simulator/media';
import { resultOf } from '../support/steps';

const collected = (output: unknown) => resultOf(collectOutput(output));
const urlsOf = (output: unknown) => collected(output).urls.map(({ url }) => url);

describe('collectOutput', () => {
	it.each([
		['https://a.example/1.mp4', ['https://a.example/1.mp4']],
		[
			['https://a.example/1.png', 'https://a.example/2.png'],
			['https://a.example/1.png', 'https://a.example/2.png'],
		],
		[
			{ b: { deep: ['https://a.example/x'] }, a: 'https://a.example/y' },
			['https://a.example/x', 'https://a.example/y'],
		],
		[{ image: 'https://a.example/1.png', again: 'https://a.example/1.png' }, ['https://a.example/1.png']],
		[{ text: 'see https://a.example/1.png for more', n: 3, no: null, yes: true }, []],
		['http://', []],
		[{ video: 'https://host.example/my clip.mp4' }, ['https://host.example/my%20clip.mp4']],
		[{ video: '  https://host.example/a.mp4\n' }, ['https://host.example/a.mp4']],
		['{"video":"https://host.example/a.mp4"}', ['https://host.example/a.mp4']],
		[
			{ result: '["https://host.example/1.png", "https://host.example/2.png"]' },
			['https://host.example/1.png', 'https://host.example/2.png'],
		],
		[
			{ images: 'https://host.example/1.png\r\nhttps://host.example/2.png\n' },
			['https://host.example/1.png', 'https://host.example/2.png'],
		],
		[{ video: '//cdn.example.com/v/a.mp4' }, ['https://cdn.example.com/v/a.mp4']],
		[{ video: 'files.example.com/v/9f3a' }, ['https://files.example.com/v/9f3a']],
		[{ text: 'example.com/about is my page' }, []],
		[{ text: 'https://example.com/ is my page' }, []],
		[{ text: 'Yes/no. And/or.' }, []],
		[{ url: 'sub/folder/file.png' }, []],
		['https://a.example/1.png,https://b.example/2.png', ['https://a.example/1.png', 'https://b.example/2.png']],
		['https://a.example/1.png, https://b.example/2.png', ['https://a.example/1.png', 'https://b.example/2.png']],
		['https://a.example/w_100,h_50/1.png', ['https://a.example/w_100,h_50/1.png']],
		['"https://a.example/1.png"', ['https://a.example/1.png']],
		['"{\\"video\\":\\"https://a.example/1.mp4\\"}"', ['https://a.example/1.mp4']],
		['```json\n{"video":"https://a.example/1.mp4"}\n```', ['https://a.example/1.mp4']],
		[{ video: 's3://bucket/a.mp4' }, ['s3://bucket/a.mp4']],
		[{ text: 'It said "https://a.example/1.png"' }, []],
		[undefined, []],
	])('of %j', (output, urls) => expect(urlsOf(output)).toEqual(urls));

	it('tells the kind by the name, else by the key', () => {
		const output = {
			videos: ['https://a.example/x'],
			image: 'https://a.example/y.mp3',
			other: 'https://a.example/z',
		};
		expect(collected(output).urls.map(({ kind }) => kind)).toEqual(['video', 'audio', undefined]);
	});

	it('tells the kind by a key further out', () => {
		expect(
			collected({ video: { url: 'https://a.example/x', cover_image: { url: 'https://a.example/y' } } }).urls.map(
				({ kind }) => kind,
			),
		).toEqual(['video', 'image']);
	});

	it('tells what only a text points at, and texts from outputs that hold nothing', () => {
		expect(collected({ text: 'https://example.com/' }).urls).toMatchObject([{ isMentioned: true }]);
		expect(collected({ text: 'https://example.com/a.png', image: 'https://example.com/a.png' }).urls).toMatchObject(
			[{ isMentioned: false }],
		);
		expect(
			[{ text: 'hello' }, 'hello', { video: '' }, null, {}, { video: 'soon' }].map(
				(output) => collected(output).isPlainText,
			),
		).toEqual([true, true, false, false, false, false]);
	});

	it('finds files that stand in the result', () => {
		expect(
			collected({ image: 'data:image/png;base64,AAAA', list: ['data:audio/mpeg;base64,AAAA'] }).data.map(
				({ kind }) => kind,
			),
		).toEqual(['image', 'audio']);
	});

	it('finds several files in a text, and bare base64 where a file belongs', () => {
		const png = readMedia('image-1024x1024.png').bytes.toString('base64');

		expect(
			collected({ images: 'data:image/png;base64,AAAA\ndata:image/png;base64,BBBB' }).data.map(
				({ dataUri }) => dataUri,
			),
		).toEqual(['data:image/png;base64,AAAA', 'data:image/png;base64,BBBB']);
		expect(collected({ images: [{ b64_json: png }] }).data).toEqual([
			{ dataUri: `data:image/png;base64,${png}`, text: png, kind: 'image' },
		]);
		expect(collected({ caption: png }).data).toEqual([]);
		expect(dataUriOfBase64('a'.repeat(100))).toBeUndefined();
	});

	it('leaves the bytes out of what is shown, and nothing else', () => {
		const png = readMedia('image-1024x1024.png').bytes.toString('base64');
		const output = JSON.parse(
			`{"a":["data:image/png;base64,AAAA",1,null],"b":"${png}","__proto__":{"c":"d"}}`,
		) as Record<string, unknown>;
		const shown = resultOf(withoutDataUris(output, (text) => (text === png ? 'data_1' : undefined))) as Record<
			string,
			unknown
		>;

		expect(shown).toEqual({
			a: ['data:image/png;base64,… (26 characters)', 1, null],
			b: `data:image/png;base64,… (${png.length + 22} characters, stored in data_1)`,
			['__proto__']: { c: 'd' },
		});
	});

	it('lists no more files than anybody could want', () => {
		const images = Array.from({ length: 100_001 }, (_, index) => `https://a.example/${index}`);
		expect(collected({ images })).toMatchObject({ isCut: true });
	});

	it('takes fifty thousand URLs', () => {
		const urls = Array.from({ length: 50_000 }, (_, index) => `https://foreign.example/${index}.png`);
		expect(collected({ images: urls }).urls).toHaveLength(50_000);
	});
});

describe('denyReason', () => {
	const policy = {
		apiOrigins: ['http://127.0.0.1:4010'],
		extraHosts: parseHosts('cdn.example.com, *.example.org, 127.0.0.1, intranet.local'),
	};

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
		['https://127.0.0.1:4010/a.mp4', true],
		['https://user:secret@files.runcomfy.net/a.mp4', false],
		['nonsense', false],
		// A private name or address only where it is listed itself.
		['https://127.0.0.1:9000/a.mp4', true],
		['https://intranet.local/a.mp4', true],
		['https://other.local/a.mp4', false],
		['https://10.0.0.1/a.mp4', false],
	])('%s: %s', (url, allowed) => expect(denyReason(url, policy) === undefined).toBe(allowed));

	it.each([
		['https://CDN.example.com:8443/path, ,*', ['cdn.example.com']],
		['bücher.example', ['xn--bcher-kva.example']],
		['a.example\nb.example; c.example d.example.', ['a.example', 'b.example', 'c.example', 'd.example']],
		[
			['a.example', '*.B.example'],
			['a.example', '*.b.example'],
		],
		['*.', []],
		['*.com', []],
		[undefined, []],
		['user:secret@a.example', ['a.example']],
		['[::1]:9000', ['[::1]']],
	])('reads hosts as people write them: %j', (text, hosts) => expect(parseHosts(text)).toEqual(hosts));
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
	])('of %s as %s is %s', (url, mimeType, name) =>
		expect(safeFileName(nameInUrl(url), mimeType, 'request')).toBe(name),
	);

	it.each(['x', '字', 'é', '👨‍👩‍👧‍👦'])(
		'has at most 255 bytes, whole characters and its extension, of many %s',
		(character) => {
			const name = safeFileName(`${character.repeat(300)}.mp4`, 'video/mp4', 'f');

			expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
			expect(Buffer.byteLength(name)).toBeGreaterThan(120);
			expect(name.slice(0, -4).replaceAll(character, '')).toBe('');
			expect(name.endsWith('.mp4')).toBe(true);
		},
	);

	it.each([
		['COM¹.png', '_COM¹.png'],
		['con .txt', '_con.txt'],
		['con.tar.gz', '_con.tar.gz'],
		['LPT9', '_LPT9.png'],
		['CONOUT$.png', '_CONOUT$.png'],
		['a\u202egnp.exe', 'agnp.exe'],
		['half \ud83d.png', 'half _.png'],
		['..', 'fallback.png'],
		[`a${' '.repeat(50_000)}b.png`, 'a.png'],
		['\u200b.png', 'png.png'],
		['e\u0301.png', '\u00e9.png'],
	])('is safe on Windows and elsewhere: %j', (name, safe) => {
		expect(
			safeFileName(
				name,
				name.endsWith('.png') || !name.includes('.') || name === '..' ? 'image/png' : 'application/x-thing',
				'fallback',
			),
		).toBe(safe);
	});
});

describe('withRequestId', () => {
	const ID = '3f6c1c0e-8a5b-4c57-9a43-2d0f1b7e6a90';

	it.each([
		['video.mp4', ID, 'video-3f6c1c0e.mp4'],
		['video', ID, 'video-3f6c1c0e'],
		[`${ID}.mp4`, ID, `${ID}.mp4`],
		['video.mp4', 'request-0001', 'video-request-0001.mp4'],
		['video.mp4', '../a', 'video-_a.mp4'],
		[`${'x'.repeat(300)}.mp4`, ID, `${'x'.repeat(120)}-3f6c1c0e.mp4`],
	])('of %s for %s is %s', (name, id, expected) => expect(withRequestId(name, id)).toBe(expected));
});

describe('chosenFileName', () => {
	it('reads only the beginning of an endless text', () => {
		const normalize = jest.spyOn(String.prototype, 'normalize');
		const name = chosenFileName('a:'.repeat(100_000), { name: 'x.mp4', mimeType: 'video/mp4' });
		const longest = Math.max(...normalize.mock.contexts.map((text) => String(text).length));
		normalize.mockRestore();

		expect(name).toBe(`${'a_'.repeat(60)}.mp4`);
		expect(longest).toBeLessThanOrEqual(2_000);
	});

	const file = { name: 'video-3f6c1c0e.mp4', mimeType: 'video/mp4' };

	it.each([
		['boat', undefined, 'boat.mp4'],
		['boat', 2, 'boat-2.mp4'],
		['boat.mp4', 1, 'boat-1.mp4'],
		['v1.2', undefined, 'v1.2.mp4'],
		['', 1, 'video-3f6c1c0e.mp4'],
		['字'.repeat(300), 12, `${'字'.repeat(77)}-12.mp4`],
	])('for %s and the number %s is %s', (chosen, number, expected) =>
		expect(chosenFileName(chosen, { ...file, number })).toBe(expected),
	);

	it('keeps the extension of a file of an unknown type', () => {
		expect(chosenFileName('boat', { name: 'a.xyz', mimeType: 'application/octet-stream' })).toBe('boat.xyz');
	});
});

describe('nameInDisposition', () => {
	it.each([
		['attachment; filename="a;b\\"c.mp4"', 'a;b"c.mp4'],
		['attachment; filename="plain.mp4"; filename*=UTF-8\'\'na%C3%AFve%20file.mp4', 'naïve file.mp4'],
		['attachment; filename*=iso-8859-1\'en\'%A3%20rates.png; filename="x.png"', '£ rates.png'],
		['attachment; filename*=UTF-8\'\'%zz.mp4; filename="good.mp4"', 'good.mp4'],
		['attachment; filename*=UTF-8\'\'%ff%fe.mp4; filename="good.mp4"', 'good.mp4'],
		['attachment; filename*=nonsense; filename=good.mp4', 'good.mp4'],
		['attachment; filename=two words.mp4', 'two words.mp4'],
		['filename=bare.mp4', 'bare.mp4'],
		['attachment; filename="ä.mp4"', 'ä.mp4'],
		['attachment', undefined],
		[undefined, undefined],
		['inline', undefined],
		['attachment; filename=clip.mp4', 'clip.mp4'],
		['attachment; filename="my \\"best\\" clip.mp4"; size=3', 'my "best" clip.mp4'],
		["attachment; filename=plain.mp4; filename*=UTF-8''sch%C3%B6n.mp4", 'schön.mp4'],
	])('of %s is %s', (header, name) => expect(nameInDisposition(header)).toBe(name));
});

describe('UniqueNames', () => {
	it('number the names that come again, in any case of letters', () => {
		const names = new UniqueNames();
		expect(['a.png', 'A.png', 'a.png', 'b', 'b'].map((name) => names.claim(name))).toEqual([
			'a.png',
			'A-2.png',
			'a-3.png',
			'b',
			'b-2',
		]);
		expect(names.claim('c.png', 'b')).toBe('c.png');
		expect(names.claim('b')).toBe('b');
	});

	it('take as many files as there are, and stay short enough', () => {
		const names = new UniqueNames();
		const long = safeFileName(`${'x'.repeat(300)}.mp4`, 'video/mp4', 'f');
		const all = Array.from({ length: 20_000 }, () => names.claim(long));

		expect(new Set(all).size).toBe(20_000);
		expect(Math.max(...all.map((name) => Buffer.byteLength(name)))).toBeLessThanOrEqual(255);
	});
});

describe('agreedMimeType', () => {
	it.each([
		['Video/MP4; codecs=x', 'a.bin', undefined, 'video/mp4'],
		['application/octet-stream', 'clip.mp4', undefined, 'video/mp4'],
		[undefined, 'clip.wav', undefined, 'audio/wav'],
		['', 'clip', undefined, 'application/octet-stream'],
		['image/png', 'a.png', 'image/jpeg', 'image/jpeg'],
		['audio/mp4', 'a.m4a', 'video/mp4', 'audio/mp4'],
		['application/octet-stream', 'a', 'video/mp4', 'video/mp4'],
	])('%s for %s that starts like %s is %s', (header, name, shown, type) =>
		expect(agreedMimeType(header, name, shown === undefined ? undefined : { mimeType: shown, isWeak: false })).toBe(
			type,
		),
	);
});

describe('detectMimeType', () => {
	it.each([
		['video-720p-121.mp4', 'video/mp4'],
		['image-1024x1024.png', 'image/png'],
		['audio-2s.mp3', 'audio/mpeg'],
		['input-1280x720.jpg', 'image/jpeg'],
	])('knows %s', (name, type) => expect(detectMimeType(readMedia(name).bytes)).toBe(type));
});

describe('textInsteadOfFile', () => {
	it.each([
		['<!doctype html><p>', 'page'],
		['\ufeff <html lang="en">', 'page'],
		['<?xml version="1.0"?><Error>', 'data'],
		['  {"error": 1}', 'data'],
		['[]', 'data'],
		['<?xml version="1.0"?><!-- drawn --><svg xmlns="x">', undefined],
		['\x89PNG\r\n\x1a\n', undefined],
		['solid cube', undefined],
		['<3', undefined],
		['', undefined],
	])('takes "%s" for: %s', (text, kind) =>
		expect(textInsteadOfFile(Buffer.from(text, text.startsWith('\x89') ? 'latin1' : 'utf8'))).toBe(kind),
	);
});

describe('Checksum', () => {
	const bytes = Buffer.from('hello');
	const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('base64');

	it.each([
		[{ 'content-md5': digest('md5') }, true],
		[{ 'x-goog-hash': `crc32c=AAAAAA==,md5=${digest('md5')}` }, true],
		[{ 'repr-digest': `sha-256=:${digest('sha256')}:` }, true],
		[{ digest: `sha-512=${digest('sha512')}` }, true],
		[{ 'content-md5': createHash('md5').update('other').digest('base64') }, false],
		[{ 'x-amz-checksum-sha256': createHash('sha256').update('other').digest('base64') }, false],
		// These are not digests of these bytes, or not certainly.
		[{ 'x-amz-checksum-sha256': `${createHash('sha256').update('other').digest('base64')}-3` }, true],
		[
			{
				'x-amz-checksum-sha256': createHash('sha256').update('other').digest('base64'),
				'x-amz-checksum-type': 'COMPOSITE',
			},
			true,
		],
		[{ 'x-amz-checksum-sha256': digest('sha512') }, true],
		[{ 'content-md5': 'AAAA' }, true],
		[{ 'content-md5': createHash('md5').update('other').digest('base64'), 'content-encoding': 'gzip' }, true],
		[
			{
				'x-goog-hash': `md5=${createHash('md5').update('other').digest('base64')}`,
				'x-goog-stored-content-encoding': 'gzip',
			},
			true,
		],
		[{}, true],
	])('of %j is right: %s', (headers, right) => {
		const checksum = new Checksum(headers);
		checksum.update(bytes.subarray(0, 2));
		checksum.update(bytes.subarray(2));
		expect(checksum.matches()).toBe(right);
	});
});
