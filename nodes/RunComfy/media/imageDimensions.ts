import { imageSize } from '../../../vendor/imageSize';
import { detectMimeType } from '../shared/signatures';
import { textInsteadOfFile } from '../shared/textContent';
import { heifDimensions } from './heifDimensions';
import { readTiffTags } from './tiffTags';

/** In pixels. */
export interface Dimensions {
	width: number;
	height: number;
}

/** Enough of an image of a rare type; the library searches SVG files with a regular expression. Bytes. */
const RARE_TYPE_BYTES = 8 * 1024;
/** Types that the library recognizes by too few bytes, or whose rotation it ignores. */
const UNRELIABLE_TYPES = ['tga', 'jxl', 'jxl-stream', 'bigtiff', 'tiff', 'bmp', 'heif', 'heic', 'avif'];

/**
 * The dimensions of an image as displayed, rotated and cropped as the file says; undefined when they aren't certain.
 *
 * @throws Error when the bytes end too early or are malformed
 */
export function imageDimensions(bytes: Buffer): Dimensions | undefined {
	switch (detectMimeType(bytes)) {
		case 'image/heic':
		case 'image/heif':
		case 'image/avif':
			return heifDimensions(bytes);
		case 'image/tiff':
			return tiffDimensions(bytes);
		case 'image/bmp':
			return bmpDimensions(bytes);
		case 'image/webp':
			return webpDimensions(bytes);
		case 'image/png':
		case 'image/gif':
		case 'image/jpeg':
			return libraryDimensions(bytes);
		default:
			// A web page may contain an SVG.
			return textInsteadOfFile(bytes) !== undefined
				? undefined
				: libraryDimensions(bytes.subarray(0, RARE_TYPE_BYTES));
	}
}

function libraryDimensions(bytes: Buffer): Dimensions | undefined {
	const { width, height, orientation, type } = imageSize(bytes);
	return UNRELIABLE_TYPES.includes(type ?? '') ? undefined : upright({ width, height }, orientation);
}

function upright({ width, height }: Dimensions, orientation = 1): Dimensions {
	return isRotated(orientation) ? { width: height, height: width } : { width, height };
}

/** EXIF orientations 5 to 8 rotate the image by 90 degrees, which swaps width and height. */
function isRotated(orientation: number): boolean {
	return orientation >= 5 && orientation <= 8;
}

function tiffDimensions(bytes: Buffer): Dimensions | undefined {
	const { width, height, orientation, isThumbnail } = readTiffTags(bytes) ?? {};
	return width && height && isThumbnail === false ? upright({ width, height }, orientation) : undefined;
}

/** Windows headers have 40 bytes or more; the first one of OS/2 has 12, with two-byte dimensions. */
function bmpDimensions(bytes: Buffer): Dimensions | undefined {
	const header = bytes.readUInt32LE(14);
	if (header === 12) return { width: bytes.readUInt16LE(18), height: bytes.readUInt16LE(20) };
	const isKnown = header >= 16 && header <= 124 && bytes.readUInt16LE(26) === 1;
	// An image that is stored top-down has a negative height.
	return isKnown ? { width: bytes.readInt32LE(18), height: Math.abs(bytes.readInt32LE(22)) } : undefined;
}

/**
 * A WebP may have an EXIF orientation behind its picture. Some viewers follow it and some do not, so a turned one has
 * no certain dimensions.
 */
function webpDimensions(bytes: Buffer): Dimensions | undefined {
	const dimensions = libraryDimensions(bytes);
	const hasExif = bytes.toString('latin1', 12, 16) === 'VP8X' && (bytes.readUInt8(20) & 0x08) !== 0;
	if (!hasExif) return dimensions;
	for (let at = 12; at + 8 <= bytes.length; at += 8 + 2 * Math.ceil(bytes.readUInt32LE(at + 4) / 2)) {
		if (bytes.toString('latin1', at, at + 4) !== 'EXIF') continue;
		const exif = bytes.subarray(at + 8, at + 8 + bytes.readUInt32LE(at + 4));
		const tags = readTiffTags(exif.toString('latin1', 0, 6) === 'Exif\0\0' ? exif.subarray(6) : exif);
		return isRotated(tags?.orientation ?? 1) ? undefined : dimensions;
	}
	return undefined;
}
