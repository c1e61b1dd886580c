import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { imageFacts } from '../../nodes/RunComfy/media/fileFacts';

const WIDE = { width: 640, height: 480 };
const HIGH = { width: 480, height: 640 };

const u8 = (...values: number[]) => Buffer.from(values);
const u16 = (...values: number[]) => Buffer.concat(values.map((value) => u8(value >> 8, value & 255)));
const u32 = (...values: number[]) => Buffer.concat(values.map((value) => u16(value >>> 16, value & 65535)));
const text = (value: string) => Buffer.from(value, 'latin1');

type Part = Buffer | string;
const bytes = (...parts: Part[]) => Buffer.concat(parts.map((part) => (typeof part === 'string' ? text(part) : part)));
const box = (type: string, ...parts: Part[]) => bytes(u32(8 + bytes(...parts).length), type, ...parts);
const fullBox = (type: string, ...parts: Part[]) => box(type, u32(0), ...parts);

const ispe = (width: number, height: number) => fullBox('ispe', u32(width, height));
const irot = (quarters: number) => box('irot', u8(quarters));
const clap = (width: number, height: number) => box('clap', u32(width, 1, height, 1, 0, 1, 0, 1));

/** A HEIF file without pixels: the main picture has these properties, and a thumbnail others. */
function heif(main: Buffer[], { brand = 'heic', isLong = false, item = 2, others = [ispe(160, 120)] } = {}): Buffer {
	const id = isLong ? u32(item) : u16(item);
	const numbers = (count: number, from: number) => Array.from({ length: count }, (_, index) => index + from);
	const links = (indexes: number[]) =>
		bytes(u8(indexes.length), ...indexes.map((index) => (isLong ? u16(index | 0x8000) : u8(index | 0x80))));
	const thumbnail = bytes(isLong ? u32(1) : u16(1), links(numbers(others.length, 1)));
	const ipma = box(
		'ipma',
		isLong ? u8(1, 0, 0, 1) : u32(0),
		u32(2),
		thumbnail,
		id,
		links(numbers(main.length, others.length + 1)),
	);
	const pitm = isLong ? box('pitm', u8(1, 0, 0, 0), id) : fullBox('pitm', id);
	const meta = fullBox(
		'meta',
		fullBox('hdlr', u32(0), 'pict', u32(0, 0, 0)),
		pitm,
		box('iprp', box('ipco', ...others, ...main), ipma),
	);
	return bytes(box('ftyp', brand, u32(0), 'mif1'), meta, box('mdat', Buffer.alloc(10)));
}

describe('the sides of a HEIC or AVIF picture', () => {
	it.each([
		[0, WIDE],
		[1, HIGH],
		[2, WIDE],
		[3, HIGH],
	])('turn with its rotation by %d quarters', (quarters, sides) => {
		for (const brand of ['heic', 'avif', 'mif1', 'heix', 'avis'])
			expect(imageFacts(heif([ispe(640, 480), irot(quarters)], { brand }))).toEqual(sides);
	});

	it('are those of the main picture, whatever else is in the file', () => {
		expect(imageFacts(heif([ispe(640, 480)], { others: [ispe(4000, 3000), irot(1)] }))).toEqual(WIDE);
		expect(imageFacts(heif([ispe(640, 480), irot(1)], { isLong: true, item: 70_000 }))).toEqual(HIGH);
	});

	it('are those of what is left by a crop, before it is turned', () => {
		expect(imageFacts(heif([ispe(648, 488), clap(640, 480), irot(3)]))).toEqual(HIGH);
	});

	it('are unknown where the file ends too early or says nothing', () => {
		const whole = heif([ispe(640, 480), irot(1)]);
		for (let length = 0; length < whole.length - 18; length++)
			expect(imageFacts(whole.subarray(0, length))).toBeUndefined();
		expect(imageFacts(whole.subarray(0, whole.length - 10))).toEqual(HIGH);
		expect(imageFacts(heif([irot(1)]))).toBeUndefined();
		expect(imageFacts(heif([ispe(640, 480), clap(0, 0)]))).toBeUndefined();
		expect(
			imageFacts(
				bytes(box('ftyp', 'heic', u32(0), 'mif1'), box('mdat', Buffer.alloc(10)), whole.subarray(20, 40)),
			),
		).toBeUndefined();
	});

	it('are read from a real file', () => {
		const real = readFileSync(join(__dirname, '..', 'fixtures', 'images', 'picture-64x48.avif'));
		expect(imageFacts(real)).toEqual({ width: 64, height: 48 });
	});
});

/** A TIFF of 640 × 480 with further tags, as `[tag, type, value]`. */
function tiff(tags: Array<[number, number, number]>, { isLittle = true, after = Buffer.alloc(4) } = {}): Buffer {
	const all: Array<[number, number, number]> = [[256, 3, 640], [257, 4, 480], ...tags];
	const entries = all
		.sort((a, b) => a[0] - b[0])
		.map(([tag, type, value]) => {
			const entry = Buffer.alloc(12);
			if (isLittle) {
				entry.writeUInt16LE(tag, 0);
				entry.writeUInt16LE(type, 2);
				entry.writeUInt32LE(1, 4);
				entry.writeUInt32LE(value, 8);
			} else {
				entry.writeUInt16BE(tag, 0);
				entry.writeUInt16BE(type, 2);
				entry.writeUInt32BE(1, 4);
				if (type === 3) entry.writeUInt16BE(value, 8);
				else entry.writeUInt32BE(value, 8);
			}
			return entry;
		});
	const head = isLittle ? bytes('II*\0', u8(8, 0, 0, 0), u8(all.length, 0)) : bytes('MM\0*', u32(8), u16(all.length));
	return bytes(head, ...entries, after);
}

describe('the sides of a TIFF', () => {
	it.each([1, 2, 3, 4, 9, 0])('stay as they are with the orientation %d', (orientation) => {
		for (const isLittle of [true, false])
			expect(imageFacts(tiff([[274, 3, orientation]], { isLittle }))).toEqual(WIDE);
	});

	it.each([5, 6, 7, 8])('change places with the orientation %d', (orientation) => {
		for (const isLittle of [true, false])
			expect(imageFacts(tiff([[274, 3, orientation]], { isLittle }))).toEqual(HIGH);
	});

	it('are not read from what follows the directory', () => {
		// A next directory, and pixels that look like the tag of a width.
		const after = bytes(u8(9, 9, 0, 0), Buffer.from([0, 1, 3, 0, 1, 0, 0, 0, 7, 0, 0, 0]), Buffer.alloc(40, 1));
		expect(imageFacts(tiff([], { after }))).toEqual(WIDE);
	});

	it('are unknown for a preview, and where the directory is not at hand', () => {
		expect(imageFacts(tiff([[254, 4, 1]]))).toBeUndefined();
		expect(imageFacts(tiff([]).subarray(0, 30))).toBeUndefined();
		expect(imageFacts(bytes('II*\0', u8(0xff, 0xff, 0xff, 0x7f), Buffer.alloc(64)))).toBeUndefined();
	});
});

function bmp(header: number, width: number, height: number, planes = 1): Buffer {
	const file = Buffer.alloc(14 + Math.max(header, 40));
	file.write('BM');
	file.writeUInt32LE(header, 14);
	if (header === 12) {
		file.writeUInt16LE(width, 18);
		file.writeUInt16LE(height, 20);
	} else {
		file.writeInt32LE(width, 18);
		file.writeInt32LE(height, 22);
		file.writeUInt16LE(planes, 26);
	}
	return file;
}

describe('the sides of a BMP', () => {
	it.each([12, 16, 40, 64, 108, 124])('are read from a header of %d bytes', (header) => {
		expect(imageFacts(bmp(header, 640, 480))).toEqual(WIDE);
	});

	it('are positive for a picture that is stored from the top', () => {
		expect(imageFacts(bmp(40, 640, -480))).toEqual(WIDE);
	});

	it('are unknown when only two letters look like one', () => {
		expect(imageFacts(Buffer.from('BMW drives along the coast, and the sun is low. '.repeat(3)))).toBeUndefined();
		expect(imageFacts(bmp(40, -640, 480))).toBeUndefined();
		expect(imageFacts(bmp(40, 640, 480, 0))).toBeUndefined();
		expect(imageFacts(bmp(13, 640, 480))).toBeUndefined();
	});
});

/** A WebP of 640 × 480 with an EXIF block behind its picture. */
function webp(orientation: number | undefined, prefix = ''): Buffer {
	const chunk = (type: string, body: Buffer) => {
		const size = Buffer.alloc(4);
		size.writeUInt32LE(body.length);
		return bytes(type, size, body, Buffer.alloc(body.length % 2));
	};
	const canvas = u8(orientation === undefined ? 0 : 8, 0, 0, 0, 639 & 255, 639 >> 8, 0, 479 & 255, 479 >> 8, 0);
	const exif = orientation === undefined ? [] : [chunk('EXIF', bytes(prefix, tiff([[274, 3, orientation]])))];
	return bytes('RIFF', u32(0), 'WEBP', chunk('VP8X', canvas), chunk('VP8 ', Buffer.alloc(33)), ...exif);
}

describe('the sides of a WebP', () => {
	it('are known where it is not turned', () => {
		expect(imageFacts(webp(undefined))).toEqual(WIDE);
		expect(imageFacts(webp(1))).toEqual(WIDE);
		expect(imageFacts(webp(3, 'Exif\0\0'))).toEqual(WIDE);
	});

	it('are not certain where it is turned, or could be', () => {
		expect(imageFacts(webp(6))).toBeUndefined();
		expect(imageFacts(webp(6, 'Exif\0\0'))).toBeUndefined();
		expect(imageFacts(webp(1).subarray(0, 50))).toBeUndefined();
	});
});

describe('the sides of other files', () => {
	it('are those of an SVG, and not of one in a web page', () => {
		const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"></svg>';
		expect(imageFacts(Buffer.from(svg))).toEqual(WIDE);
		expect(imageFacts(Buffer.from(`<html><body>${svg}</body></html>`))).toBeUndefined();
	});

	it('are unknown for bytes that only begin like a TGA or a JPEG XL', () => {
		expect(imageFacts(bytes(Buffer.alloc(12), u8(128, 2, 224, 1), Buffer.alloc(40)))).toBeUndefined();
		expect(imageFacts(bytes(u8(0xff, 0x0a), Buffer.alloc(40, 3)))).toBeUndefined();
	});

	it('do not take long, whatever the bytes are', () => {
		// Each of these would be tried as the beginning of an SVG, up to the end of the file.
		expect(imageFacts(Buffer.from(`<svg ${'<svg '.repeat(200_000)}`))).toBeUndefined();
		expect(imageFacts(Buffer.from(`x${'<svg '.repeat(200_000)}`))).toBeUndefined();
	});
});
