import { createHash } from 'node:crypto';

import { Checksum } from '../../nodes/RunComfy/files/checksum';
import { nameInDisposition, nameInUrl, safeFileName, uniqueFileName } from '../../nodes/RunComfy/files/fileName';
import { parseHosts, denyReason } from '../../nodes/RunComfy/files/hostPolicy';
import { agreedMimeType } from '../../nodes/RunComfy/files/mediaTypes';
import { collectOutputUrls, selectUrls } from '../../nodes/RunComfy/files/outputUrls';
import { looksLikeAnswer, typeOfBytes } from '../../nodes/RunComfy/shared/signatures';
import { readMedia } from '../simulator/media';

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

describe('denyReason', () => {
	const policy = { modelApiOrigin: 'http://127.0.0.1:4010', extraHosts: parseHosts('cdn.example.com, *.example.org, 127.0.0.1, intranet.local') };

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
		['https://127.0.0.1/a.mp4', false],
		['https://intranet.local/a.mp4', false],
	])('%s: %s', (url, allowed) => expect(denyReason(url, policy) === undefined).toBe(allowed));

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
	])('of %s as %s is %s', (url, mimeType, name) => expect(safeFileName(nameInUrl(url), mimeType, 'request')).toBe(name));

	it('is of a bearable length', () => {
		expect(safeFileName(`${'x'.repeat(300)}.mp4`, 'video/mp4', 'f')).toHaveLength(124);
	});
});

describe('nameInDisposition', () => {
	it.each([
		[undefined, undefined],
		['inline', undefined],
		['attachment; filename=clip.mp4', 'clip.mp4'],
		['attachment; filename="my \\"best\\" clip.mp4"; size=3', 'my "best" clip.mp4'],
		["attachment; filename=plain.mp4; filename*=UTF-8''sch%C3%B6n.mp4", 'schön.mp4'],
	])('of %s is %s', (header, name) => expect(nameInDisposition(header)).toBe(name));
});

describe('uniqueFileName', () => {
	it('numbers the names that come again, in any case of letters', () => {
		const taken = new Set<string>();
		expect(['a.png', 'A.png', 'a.png', 'b', 'b'].map((name) => uniqueFileName(name, taken))).toEqual(['a.png', 'A-2.png', 'a-3.png', 'b', 'b-2']);
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
	])('%s for %s that starts like %s is %s', (header, name, shown, type) => expect(agreedMimeType(header, name, shown)).toBe(type));
});

describe('typeOfBytes', () => {
	it.each([
		['video-720p-121.mp4', 'video/mp4'],
		['image-1024x1024.png', 'image/png'],
		['audio-2s.mp3', 'audio/mpeg'],
		['input-1280x720.jpg', 'image/jpeg'],
	])('knows %s', (name, type) => expect(typeOfBytes(readMedia(name).bytes)).toBe(type));

	it.each([
		['<!doctype html><p>', true],
		['<?xml version="1.0"?><Error>', true],
		['  {"error": 1}', true],
		['[]', true],
		['solid cube', false],
		['<3', false],
		['', false],
	])('"%s" looks like an answer: %s', (text, looks) => expect(looksLikeAnswer(Buffer.from(text))).toBe(looks));
});

describe('Checksum', () => {
	const bytes = Buffer.from('hello');
	const digest = (algorithm: string) => createHash(algorithm).update(bytes).digest('base64');

	it.each([
		[{ 'content-md5': digest('md5') }, true],
		[{ 'x-goog-hash': `crc32c=AAAAAA==,md5=${digest('md5')}` }, true],
		[{ 'repr-digest': `sha-256=:${digest('sha256')}:` }, true],
		[{ digest: `sha-512=${digest('sha512')}` }, true],
		[{ 'x-amz-checksum-sha256': digest('sha512') }, false],
		[{ 'content-md5': 'AAAA' }, false],
		[{}, true],
	])('of %j is right: %s', (headers, right) => {
		const checksum = new Checksum(headers);
		checksum.add(bytes.subarray(0, 2));
		checksum.add(bytes.subarray(2));
		expect(checksum.isRight()).toBe(right);
	});
});
