/** What a file is to a person. */
export type MediaKind = 'image' | 'video' | 'audio';

const MIME_TYPE_OF_EXTENSION: Record<string, string> = {
	avi: 'video/x-msvideo',
	avif: 'image/avif',
	bmp: 'image/bmp',
	flac: 'audio/flac',
	gif: 'image/gif',
	glb: 'model/gltf-binary',
	heic: 'image/heic',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	json: 'application/json',
	m4a: 'audio/mp4',
	mkv: 'video/x-matroska',
	mov: 'video/quicktime',
	mp3: 'audio/mpeg',
	mp4: 'video/mp4',
	obj: 'model/obj',
	ogg: 'audio/ogg',
	png: 'image/png',
	svg: 'image/svg+xml',
	tiff: 'image/tiff',
	txt: 'text/plain',
	wav: 'audio/wav',
	webm: 'video/webm',
	webp: 'image/webp',
	zip: 'application/zip',
};

/** Servers that do not know better call every file so. */
const SAYS_NOTHING = new Set(['', 'application/octet-stream', 'binary/octet-stream', 'application/x-www-form-urlencoded']);

/** Sound and video, pictures with several frames, and documents come in these too. */
const CONTAINERS = new Set(['video/mp4', 'audio/ogg', 'video/webm', 'video/x-matroska', 'application/zip', 'image/tiff']);

/** The extension of a file name in lower case, without the dot; empty when there is none. */
export function extensionOf(fileName: string): string {
	return /\.([a-z0-9]{1,5})$/i.exec(fileName)?.[1]?.toLowerCase() ?? '';
}

/** What a file name tells of the kind. */
export function kindOfFileName(fileName: string): MediaKind | undefined {
	const type = MIME_TYPE_OF_EXTENSION[extensionOf(fileName)];
	return /^(image|video|audio)\//.exec(type ?? '')?.[1] as MediaKind | undefined;
}

/**
 * The media type of a file: what its first bytes show, else what its server says, else what its name tells.
 *
 * @param shown by the first bytes; a container that many kinds of file share does not overrule a server that says more
 */
export function agreedMimeType(contentType: string | undefined, fileName: string, shown: string | undefined): string {
	const said = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
	const told = SAYS_NOTHING.has(said) ? MIME_TYPE_OF_EXTENSION[extensionOf(fileName)] : said;
	const isContainer = shown !== undefined && CONTAINERS.has(shown);
	return (isContainer ? (told ?? shown) : (shown ?? told)) ?? 'application/octet-stream';
}

/** The usual extension of a media type, without the dot. */
export function extensionFor(mimeType: string): string | undefined {
	const preferred: Record<string, string> = { 'image/jpeg': 'jpg' };
	return (
		preferred[mimeType] ?? Object.entries(MIME_TYPE_OF_EXTENSION).find(([, type]) => type === mimeType)?.[0]
	);
}

/** Whether a name with this extension may hold that type. */
export function fitsExtension(mimeType: string, extension: string): boolean {
	return MIME_TYPE_OF_EXTENSION[extension] === mimeType;
}
