import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { denyReason } from '../../nodes/RunComfy/files/hostPolicy';
import { isPrivateUrl } from '../../nodes/RunComfy/media/privateUrl';
import { imageFacts } from '../../nodes/RunComfy/media/fileFacts';
import { checkMediaRules, parseMediaRules } from '../../nodes/RunComfy/media/mediaRules';
import { readMedia } from '../simulator/media';

const jpeg = readMedia('input-1280x720.jpg').bytes;
const picture = (name: string) => readFileSync(join(__dirname, '..', 'fixtures', 'images', `picture-64x48.${name}`));

/** Puts an EXIF block with an orientation behind the start of a JPEG, as a phone does. */
function withOrientation(orientation: number): Buffer {
	const exif = Buffer.alloc(36);
	exif.write('Exif\0\0MM\0*', 0, 'latin1');
	exif.writeUInt32BE(8, 10);
	exif.writeUInt16BE(1, 14);
	exif.writeUInt16BE(0x0112, 16);
	exif.writeUInt16BE(3, 18);
	exif.writeUInt32BE(1, 20);
	exif.writeUInt16BE(orientation, 24);
	const header = Buffer.from([0xff, 0xe1, 0, 0]);
	header.writeUInt16BE(exif.length + 2, 2);
	return Buffer.concat([jpeg.subarray(0, 2), header, exif, jpeg.subarray(2)]);
}

describe('imageFacts', () => {
	it.each(['gif', 'webp', 'avif', 'png'])('reads the sides of a %s', (name) => {
		expect(imageFacts(picture(name))).toEqual({ width: 64, height: 48 });
	});

	it('reads the sides of a JPEG out of its first kilobyte', () => {
		expect(imageFacts(jpeg.subarray(0, 1024))).toEqual({ width: 1280, height: 720 });
	});

	it.each([
		[1, { width: 1280, height: 720 }],
		[3, { width: 1280, height: 720 }],
		[6, { width: 720, height: 1280 }],
		[8, { width: 720, height: 1280 }],
	])('turns a picture as its EXIF orientation %d says', (orientation, sides) => {
		expect(imageFacts(withOrientation(orientation))).toEqual(sides);
	});

	it.each([
		Buffer.alloc(0),
		Buffer.from('<html></html>'),
		Buffer.from('RIFF'),
		jpeg.subarray(0, 10),
		Buffer.alloc(1000, 0xff),
	])('knows nothing of other bytes', (bytes) => expect(imageFacts(bytes)).toBeUndefined());
});

describe('media rules', () => {
	const rule = (validation_rule: string, validation_value: unknown, validation_error = 'No.') => ({
		validation_rule,
		validation_value,
		validation_error,
	});
	const broken = (entry: object, facts: object) => checkMediaRules(parseMediaRules([entry]), facts).broken.length;

	it.each([
		['file_size_mb<', 1, { bytes: 1_048_575 }, 0],
		['file_size_mb<', 1, { bytes: 1_048_576 }, 1],
		['file_size_mb<=', 1, { bytes: 1_048_576 }, 0],
		['width_pixels<=', 4096, { width: 4096, height: 1 }, 0],
		['width_pixels<=', 4096, { width: 4097, height: 1 }, 1],
		['height_pixels>', 14, { width: 1, height: 14 }, 1],
		['shortest_side_pixels>=', 320, { width: 320, height: 900 }, 0],
		['shortest_side_pixels>=', 320, { width: 900, height: 319 }, 1],
		['width/height<=', 3, { width: 300, height: 100 }, 0],
		['width/height<=', 3, { width: 301, height: 100 }, 1],
		['width/height>', 0.33, { width: 33, height: 100 }, 1],
		[' width/height > ', '0.33', { width: 34, height: 100 }, 0],
	])('%s %s with %j', (name, value, facts, count) => expect(broken(rule(name, value), facts)).toBe(count));

	it('pass over what does not follow the grammar', () => {
		const odd = [
			rule('brightness<', 1),
			rule('file_size_mb', 1),
			rule('file_size_mb<', 'many'),
			rule('constructor<', 1),
			null,
			5,
			{},
		];
		expect(parseMediaRules(odd)).toEqual([]);
		expect(parseMediaRules('none')).toEqual([]);
	});

	it('say once what two rules say in the same words', () => {
		const rules = parseMediaRules([
			rule('width_pixels<', 10, 'Too large.'),
			rule('height_pixels<', 10, 'Too large.'),
		]);
		expect(checkMediaRules(rules, { width: 20, height: 30 }).broken).toEqual(['Too large. (it is 20 × 30 pixels)']);
	});

	it('tell which of them could not be judged', () => {
		const rules = parseMediaRules([rule('file_size_mb<', 1), rule('width_pixels<', 10)]);
		expect(checkMediaRules(rules, {})).toEqual({ broken: [], unknown: rules });
	});
});

describe('isPrivateUrl', () => {
	it.each([
		'http://localhost',
		'http://LOCALHOST.',
		'http://a.localhost',
		'http://nas.local',
		'http://router.lan',
		'http://db.internal',
		'http://intranet',
		'http://127.0.0.1',
		'http://127.1',
		'http://0x7f000001',
		'http://2130706433',
		'http://0177.0.0.1',
		'http://0.0.0.0',
		'http://10.0.0.1',
		'http://172.16.0.1',
		'http://192.168.0.1',
		'http://169.254.169.254',
		'http://100.64.0.1',
		'http://224.0.0.1',
		'http://255.255.255.255',
		'http://[::1]',
		'http://[::]',
		'http://[fe80::1]',
		'http://[fd00::1]',
		'http://[::ffff:10.0.0.1]',
		'http://[::ffff:7f00:1]',
		'http://[64:ff9b::7f00:1]',
		'http://[2002:7f00:1::]',
		'http://user:pass@10.0.0.1:8080/x',
		'http://minio:9000/a.png',
		'http://minio.storage.svc/a.png',
		'http://minio.storage.svc.cluster.local:9000/a.png',
		'http://a.cluster.local',
		'http://host.docker.internal:5678',
		'http://nas.home',
		'http://nas.home.arpa',
		'http://fritz.box',
		'http://pc.localdomain',
		'http://s3.corp',
		'http://media.intranet',
		'http://db.private',
		'http://web.service.consul',
		'http://a.test',
		'http://a.example',
		'http://a.invalid',
		'http://expyuzz4wqqyqhjn.onion',
		'http://a.alt',
		'http://MINIO.Storage.SVC.',
		'https://gateway.docker.internal.',
	])('%s is', (url) => expect(isPrivateUrl(url)).toBe(true));

	it.each([
		'https://example.com',
		'https://files.runcomfy.net/a',
		'http://8.8.8.8',
		'https://[2606:4700::1111]',
		'https://local.example.com',
		'https://svc.example.com',
		'https://internal.io',
		'https://my-lan.com',
		'https://home.example.org',
		'https://xlan.dev',
		'https://example.net',
		'https://notfritz.box',
	])('%s is not', (url) => expect(isPrivateUrl(url)).toBe(false));

	it('lets files come from such a name only where it is listed itself', () => {
		const url = 'https://minio.storage.svc/a.png';
		expect(denyReason(url, { apiOrigins: [], extraHosts: ['*.storage.svc'] })).toBe(
			'is private or local (minio.storage.svc)',
		);
		expect(denyReason(url, { apiOrigins: [], extraHosts: ['minio.storage.svc'] })).toBeUndefined();
	});
});
