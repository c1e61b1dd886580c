/** How files of a type start: bytes at offsets, as text with one character per byte. */
interface Signature {
	mimeType: string;
	parts: Array<[at: number, bytes: string]>;
	/** So few bytes that a text or another file may start with them by chance. */
	isWeak?: boolean;
}

const SIGNATURES: Signature[] = [
	{ mimeType: 'image/png', parts: [[0, '\x89PNG\r\n\x1a\n']] },
	{ mimeType: 'image/jpeg', parts: [[0, '\xff\xd8\xff']] },
	{ mimeType: 'image/gif', parts: [[0, 'GIF87a']] },
	{ mimeType: 'image/gif', parts: [[0, 'GIF89a']] },
	{
		mimeType: 'image/webp',
		parts: [
			[0, 'RIFF'],
			[8, 'WEBP'],
		],
	},
	{
		mimeType: 'video/x-msvideo',
		parts: [
			[0, 'RIFF'],
			[8, 'AVI '],
		],
	},
	{
		mimeType: 'audio/wav',
		parts: [
			[0, 'RIFF'],
			[8, 'WAVE'],
		],
	},
	{ mimeType: 'image/bmp', parts: [[0, 'BM']], isWeak: true },
	{ mimeType: 'image/tiff', parts: [[0, 'II*\0']] },
	{ mimeType: 'image/tiff', parts: [[0, 'MM\0*']] },
	{ mimeType: 'audio/ogg', parts: [[0, 'OggS\0']] },
	{ mimeType: 'audio/flac', parts: [[0, 'fLaC']] },
	{ mimeType: 'audio/mpeg', parts: [[0, 'ID3']], isWeak: true },
	{ mimeType: 'model/gltf-binary', parts: [[0, 'glTF']] },
	{ mimeType: 'application/zip', parts: [[0, 'PK\x03\x04']] },
	{ mimeType: 'application/pdf', parts: [[0, '%PDF-']] },
];

/** Files of the ISO base media family by their brands (ISO/IEC 14496-12, 23008-12, AVIF). */
const IMAGE_BRANDS: Record<string, string> = {
	avif: 'image/avif',
	avis: 'image/avif',
	heic: 'image/heic',
	heix: 'image/heic',
	heim: 'image/heic',
	heis: 'image/heic',
	hevc: 'image/heic',
	hevx: 'image/heic',
	mif1: 'image/heif',
	mif2: 'image/heif',
	msf1: 'image/heif',
	miaf: 'image/heif',
};
const AUDIO_BRANDS = new Set(['M4A ', 'M4B ', 'M4P ', 'F4A ']);

/** WebM and Matroska start with EBML; the name of the format comes a little later. */
const EBML = '\x1a\x45\xdf\xa3';

/** The type that the first bytes of a file indicate. */
export interface DetectedType {
	mimeType: string;
	/** So few bytes that a text or another file may start with them by chance. */
	isWeak: boolean;
}

/** The media type of a file by its first bytes; undefined for an unknown type. */
export function detectMimeType(start: Buffer): string | undefined {
	return detectType(start)?.mimeType;
}

/** The same, and whether it may be a coincidence. */
export function detectType(start: Buffer): DetectedType | undefined {
	const text = start.subarray(0, 512).toString('latin1');
	if (text.startsWith(EBML))
		return { mimeType: text.slice(0, 64).includes('webm') ? 'video/webm' : 'video/x-matroska', isWeak: false };
	if (text.startsWith('ftyp', 4)) return { mimeType: typeOfBrands(start, text), isWeak: false };
	const known = SIGNATURES.find(({ parts }) => parts.every(([at, bytes]) => text.startsWith(bytes, at)));
	if (known) return { mimeType: known.mimeType, isWeak: known.isWeak === true };
	const isAudioFrame =
		start.length > 2 && start[0] === 0xff && ((start[1] ?? 0) & 0xe6) === 0xe2 && ((start[2] ?? 0) & 0xf0) !== 0xf0;
	return isAudioFrame ? { mimeType: 'audio/mpeg', isWeak: true } : undefined;
}

/** An image may be identified by its major brand or, if that is a general one, by its compatible brands. */
function typeOfBrands(start: Buffer, text: string): string {
	const size = start.length >= 4 ? Math.min(start.readUInt32BE(0), text.length) : 0;
	const brands = [text.slice(8, 12)];
	for (let at = 16; at + 4 <= size; at += 4) brands.push(text.slice(at, at + 4));
	const [major = ''] = brands;
	if (AUDIO_BRANDS.has(major)) return 'audio/mp4';
	if (major === 'qt  ') return 'video/quicktime';
	if (/^3g[a-z0-9]/.test(major)) return 'video/3gpp';
	if (!(major in IMAGE_BRANDS)) return 'video/mp4';
	const images = brands.flatMap((brand) => IMAGE_BRANDS[brand] ?? []);
	// The general brands say only that it is an image; the others say how it is encoded.
	return images.find((type) => type !== 'image/heif') ?? images[0] ?? 'image/heif';
}
