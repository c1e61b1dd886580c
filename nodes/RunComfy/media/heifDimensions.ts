import type { Dimensions } from './imageDimensions';

/** A box of the ISO base media format, without its header. */
interface Box {
	type: string;
	body: Buffer;
}

/** More boxes than any encoder writes. */
const MAX_BOXES = 10_000;

/**
 * The dimensions of the primary image of a HEIC or AVIF file (ISO/IEC 23008-12), as a viewer shows it: cropped (`clap`)
 * and rotated (`irot`) in the order of its properties. By that standard, its EXIF orientation doesn't count.
 *
 * @returns undefined when these bytes don't contain them
 */
export function heifDimensions(bytes: Buffer): Dimensions | undefined {
	const meta = childOf(bytes, 'meta')?.subarray(4);
	const main = meta && mainItem(childOf(meta, 'pitm'));
	const properties = meta && childOf(meta, 'iprp');
	const container = properties && childOf(properties, 'ipco');
	if (main === undefined || !properties || !container) return undefined;
	const all = [...boxesOf(container)];
	const links = [...boxesOf(properties)].filter(({ type }) => type === 'ipma').map(({ body }) => linksOf(body, main));
	let dimensions: Dimensions | undefined;
	for (const index of links.flat()) {
		const property = all[index - 1];
		if (property?.type === 'ispe')
			dimensions = { width: property.body.readUInt32BE(4), height: property.body.readUInt32BE(8) };
		else if (property?.type === 'clap') dimensions = cropOf(property.body);
		else if (property?.type === 'irot' && dimensions && ((property.body[0] ?? 0) & 1) === 1)
			dimensions = { width: dimensions.height, height: dimensions.width };
	}
	return dimensions;
}

/** The boxes that are complete. */
function* boxesOf(bytes: Buffer): Generator<Box> {
	let at = 0;
	for (let count = 0; at + 8 <= bytes.length && count < MAX_BOXES; count++) {
		const type = bytes.toString('latin1', at + 4, at + 8);
		const written = bytes.readUInt32BE(at);
		const isLong = written === 1 && at + 16 <= bytes.length;
		const head = isLong ? 16 : 8;
		// 0 means up to the end of the file.
		const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : written === 0 ? bytes.length - at : written;
		if (size < head || at + size > bytes.length) return;
		yield { type, body: bytes.subarray(at + head, at + size) };
		at += size;
	}
}

function childOf(bytes: Buffer, type: string): Buffer | undefined {
	for (const box of boxesOf(bytes)) if (box.type === type) return box.body;
	return undefined;
}

function mainItem(body: Buffer | undefined): number | undefined {
	return body && (body[0] === 0 ? body.readUInt16BE(4) : body.readUInt32BE(4));
}

/** The indexes of an item's properties, counted from 1, in order. */
function linksOf(body: Buffer, item: number): number[] {
	const isLongId = (body[0] ?? 0) > 0;
	const isLongIndex = ((body[3] ?? 0) & 1) === 1;
	let at = 8;
	for (let left = body.readUInt32BE(4); left > 0; left--) {
		const id = isLongId ? body.readUInt32BE(at) : body.readUInt16BE(at);
		at += isLongId ? 4 : 2;
		const count = body.readUInt8(at);
		const step = isLongIndex ? 2 : 1;
		at += 1;
		// The highest bit marks properties that a reader must know.
		const indexes = Array.from({ length: count }, (_, nth) =>
			isLongIndex ? body.readUInt16BE(at + nth * step) & 0x7fff : body.readUInt8(at + nth) & 0x7f,
		);
		if (id === item) return indexes;
		at += count * step;
	}
	return [];
}

/** Its first four numbers are width and height, as fractions. */
function cropOf(body: Buffer): Dimensions | undefined {
	const [width, height] = [0, 8].map((at) => Math.round(body.readUInt32BE(at) / body.readUInt32BE(at + 4)));
	return width && height && Number.isFinite(width) && Number.isFinite(height) ? { width, height } : undefined;
}
