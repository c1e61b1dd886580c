import type { DetectedType } from './signatures';

/** The kind of a file, as a user sees it. */
export type MediaKind = 'image' | 'video' | 'audio';

/** Media types by extension; where several share a type, the usual one comes first. */
const MIME_TYPE_OF_EXTENSION: Record<string, string> = {
	'3gp': 'video/3gpp',
	aac: 'audio/aac',
	avi: 'video/x-msvideo',
	avif: 'image/avif',
	bin: 'application/octet-stream',
	bmp: 'image/bmp',
	csv: 'text/csv',
	exr: 'image/x-exr',
	fbx: 'application/octet-stream',
	flac: 'audio/flac',
	gif: 'image/gif',
	glb: 'model/gltf-binary',
	gltf: 'model/gltf+json',
	gz: 'application/gzip',
	hdr: 'image/vnd.radiance',
	heic: 'image/heic',
	heif: 'image/heif',
	html: 'text/html',
	jpg: 'image/jpeg',
	jpeg: 'image/jpeg',
	json: 'application/json',
	jsonl: 'application/x-ndjson',
	latent: 'application/octet-stream',
	m4a: 'audio/mp4',
	md: 'text/markdown',
	mkv: 'video/x-matroska',
	mov: 'video/quicktime',
	mp3: 'audio/mpeg',
	mp4: 'video/mp4',
	mtl: 'model/mtl',
	npy: 'application/octet-stream',
	npz: 'application/zip',
	obj: 'model/obj',
	ogg: 'audio/ogg',
	opus: 'audio/ogg',
	pdf: 'application/pdf',
	ply: 'model/ply',
	png: 'image/png',
	psd: 'image/vnd.adobe.photoshop',
	safetensors: 'application/octet-stream',
	splat: 'application/octet-stream',
	spz: 'application/octet-stream',
	srt: 'application/x-subrip',
	stl: 'model/stl',
	svg: 'image/svg+xml',
	tif: 'image/tiff',
	tiff: 'image/tiff',
	txt: 'text/plain',
	usdz: 'model/vnd.usdz+zip',
	vtt: 'text/vtt',
	wav: 'audio/wav',
	webm: 'video/webm',
	webp: 'image/webp',
	xml: 'application/xml',
	yaml: 'application/yaml',
	zip: 'application/zip',
};

/** Other names that servers send for a type. */
const SAME_TYPE: Record<string, string> = {
	'audio/mp3': 'audio/mpeg',
	'audio/x-mp3': 'audio/mpeg',
	'audio/x-wav': 'audio/wav',
	'audio/wave': 'audio/wav',
	'audio/vnd.wave': 'audio/wav',
	'audio/x-flac': 'audio/flac',
	'audio/x-m4a': 'audio/mp4',
	'image/jpg': 'image/jpeg',
	'image/pjpeg': 'image/jpeg',
	'image/x-png': 'image/png',
	'image/svg': 'image/svg+xml',
	'image/x-ms-bmp': 'image/bmp',
	'text/xml': 'application/xml',
	'video/avi': 'video/x-msvideo',
	'application/x-zip-compressed': 'application/zip',
};

/** What servers send when they don't know the type. */
const UNINFORMATIVE_TYPES = new Set([
	'',
	'application/octet-stream',
	'binary/octet-stream',
	'application/x-www-form-urlencoded',
	'application/download',
	'application/force-download',
]);

/** Servers use these for anything that is text; the file name says more. */
const GENERIC_TYPES = /^(text\/plain|application\/xml|application\/json)$/;

/** Containers that may hold more specific types of file. */
const CONTAINERS = new Set([
	'video/mp4',
	'audio/ogg',
	'video/webm',
	'video/x-matroska',
	'application/zip',
	'image/tiff',
	'image/heif',
	'video/3gpp',
]);

/** The extension of a file name in lower case, without the dot; empty when there is none. */
export function extensionOf(fileName: string): string {
	return /\.([a-z0-9]{1,11})$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
}

/** Whether models generate files with this extension. */
export function isKnownExtension(extension: string): boolean {
	return Object.hasOwn(MIME_TYPE_OF_EXTENSION, extension);
}

/** The kind that a file name suggests. */
export function kindOfFileName(fileName: string): MediaKind | undefined {
	return kindOfMimeType(typeOfName(fileName) ?? '');
}

/** The kind of a media type. */
export function kindOfMimeType(mimeType: string): MediaKind | undefined {
	return /^(image|video|audio)\//.exec(mimeType)?.[1] as MediaKind | undefined;
}

/**
 * The media type of a file. Its first bytes count if they are unmistakable; otherwise what the server says, and the
 * file name if the server says little or nothing.
 *
 * @param detected by the first bytes; a container that many types share doesn't overrule a more specific server
 */
export function agreedMimeType(
	contentType: string | undefined,
	fileName: string,
	detected: DetectedType | undefined,
): string {
	const sent = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	const declared = SAME_TYPE[sent] ?? sent;
	const named = typeOfName(fileName);
	const isUninformative = UNINFORMATIVE_TYPES.has(declared) || !/^[\w.+-]+\/[\w.+-]+$/.test(declared);
	const isGeneric = GENERIC_TYPES.test(declared) && named !== undefined && isReadable(named);
	const known = isUninformative || isGeneric ? named : declared;
	if (detected === undefined) return known ?? (isUninformative ? 'application/octet-stream' : declared);
	if (detected.isWeak) return known ?? (isUninformative ? detected.mimeType : declared);
	const isContainer =
		CONTAINERS.has(detected.mimeType) && known !== undefined && !GENERIC_TYPES.test(known) && known !== 'text/html';
	return isContainer ? known : detected.mimeType;
}

/** The usual extension of a media type, without the dot. */
export function extensionFor(mimeType: string): string | undefined {
	if (UNINFORMATIVE_TYPES.has(mimeType)) return undefined;
	const preferred: Record<string, string> = { 'image/tiff': 'tiff', 'application/zip': 'zip', 'audio/ogg': 'ogg' };
	return preferred[mimeType] ?? Object.entries(MIME_TYPE_OF_EXTENSION).find(([, type]) => type === mimeType)?.[0];
}

/** Whether a file with this extension may have that type. What is unknown doesn't contradict. */
export function fitsExtension(mimeType: string, extension: string): boolean {
	const named = MIME_TYPE_OF_EXTENSION[extension];
	if (extension === '' || named === undefined) return extension !== '' && kindOfMimeType(mimeType) === undefined;
	return (
		named === mimeType ||
		(UNINFORMATIVE_TYPES.has(named) && kindOfMimeType(mimeType) === undefined) ||
		(isReadable(named) && GENERIC_TYPES.test(mimeType)) ||
		(named === 'image/heif' && mimeType === 'image/heic') ||
		(named === 'image/heic' && mimeType === 'image/heif')
	);
}

function typeOfName(fileName: string): string | undefined {
	return MIME_TYPE_OF_EXTENSION[extensionOf(fileName)];
}

/** Whether files of a type are text. */
function isReadable(mimeType: string): boolean {
	return /^text\/|[/+](json|xml)$|subrip|ndjson|yaml|^model\/(obj|mtl|ply|stl)$/.test(mimeType);
}
