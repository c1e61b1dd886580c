/** What the first directory of a TIFF file says about its image. EXIF has the same format. */
export interface TiffTags {
	width?: number;
	height?: number;
	/** 1 to 8; from 5 on, width and height are swapped. */
	orientation?: number;
	/** Whether this image is only a thumbnail of another one in the file. */
	isThumbnail: boolean;
}

const TAGS = { kind: 254, width: 256, height: 257, orientation: 274 };
const ENTRY_BYTES = 12;

/** @returns undefined when it isn't a classic TIFF, or its directory is beyond these bytes */
export function readTiffTags(bytes: Buffer): TiffTags | undefined {
	const order = bytes.toString('latin1', 0, 4);
	const isLittle = order === 'II*\0';
	if (bytes.length < 8 || (!isLittle && order !== 'MM\0*')) return undefined;
	const u16 = (at: number) => (isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
	const u32 = (at: number) => (isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
	const directory = u32(4);
	if (directory + 2 > bytes.length) return undefined;
	const end = directory + 2 + u16(directory) * ENTRY_BYTES;
	if (end > bytes.length) return undefined;
	const values = new Map<number, number>();
	for (let at = directory + 2; at < end; at += ENTRY_BYTES) {
		const type = u16(at + 2);
		// The first entry of a tag counts, as in TIFF readers. Type 3 has two bytes, type 4 has four.
		if (!values.has(u16(at)) && u32(at + 4) === 1 && (type === 3 || type === 4))
			values.set(u16(at), type === 3 ? u16(at + 8) : u32(at + 8));
	}
	return {
		width: values.get(TAGS.width),
		height: values.get(TAGS.height),
		orientation: values.get(TAGS.orientation),
		isThumbnail: ((values.get(TAGS.kind) ?? 0) & 1) === 1,
	};
}
