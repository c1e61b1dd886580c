/** How files of a type start: bytes at a place, as text of one character a byte. */
interface Signature {
	mimeType: string;
	at: number;
	bytes: string;
}

const SIGNATURES: Signature[] = [
	{ mimeType: 'image/png', at: 0, bytes: '\x89PNG\r\n\x1a\n' },
	{ mimeType: 'image/jpeg', at: 0, bytes: '\xff\xd8\xff' },
	{ mimeType: 'image/gif', at: 0, bytes: 'GIF8' },
	{ mimeType: 'image/webp', at: 8, bytes: 'WEBP' },
	{ mimeType: 'image/avif', at: 4, bytes: 'ftypavif' },
	{ mimeType: 'image/heic', at: 4, bytes: 'ftyphei' },
	{ mimeType: 'image/bmp', at: 0, bytes: 'BM' },
	{ mimeType: 'image/tiff', at: 0, bytes: 'II*\0' },
	{ mimeType: 'image/tiff', at: 0, bytes: 'MM\0*' },
	{ mimeType: 'video/quicktime', at: 4, bytes: 'ftypqt' },
	{ mimeType: 'audio/mp4', at: 4, bytes: 'ftypM4A' },
	{ mimeType: 'video/mp4', at: 4, bytes: 'ftyp' },
	{ mimeType: 'video/x-msvideo', at: 8, bytes: 'AVI ' },
	{ mimeType: 'audio/wav', at: 8, bytes: 'WAVE' },
	{ mimeType: 'audio/ogg', at: 0, bytes: 'OggS' },
	{ mimeType: 'audio/flac', at: 0, bytes: 'fLaC' },
	{ mimeType: 'audio/mpeg', at: 0, bytes: 'ID3' },
	{ mimeType: 'model/gltf-binary', at: 0, bytes: 'glTF' },
	{ mimeType: 'application/zip', at: 0, bytes: 'PK\x03\x04' },
];

/** Both start with EBML; the name of the format comes a little later. */
const EBML = '\x1a\x45\xdf\xa3';

/** The media type of a file by its first bytes; undefined when they are of no type that is known here. */
export function typeOfBytes(start: Buffer): string | undefined {
	const text = start.subarray(0, 64).toString('latin1');
	if (text.startsWith(EBML)) return text.includes('webm') ? 'video/webm' : 'video/x-matroska';
	const isAudioFrame = start.length > 1 && start[0] === 0xff && ((start[1] ?? 0) & 0xe6) === 0xe2;
	return SIGNATURES.find(({ at, bytes }) => text.startsWith(bytes, at))?.mimeType ?? (isAudioFrame ? 'audio/mpeg' : undefined);
}

/** Whether these first bytes read as text of the kind that servers send instead of a file: a web page, JSON or XML. */
export function looksLikeAnswer(start: Buffer): boolean {
	return /^(\xef\xbb\xbf)?\s*(<[!?a-z]|[{[]\s*["{[\]}])/i.test(start.subarray(0, 256).toString('latin1'));
}
