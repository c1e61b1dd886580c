import type { MediaKind } from '../shared/mediaTypes';
import { detectType } from '../shared/signatures';
import { textInsteadOfFile } from '../shared/textContent';
import type { MediaFacts } from './mediaRules';

const KIND_WORDS: Record<string, string> = { audio: 'audio', image: 'an image', video: 'a video' };

/**
 * Whether the first bytes prove that a file is of another kind. A video has sound and a GIF is animated, so those pass.
 *
 * @param isInline whether the whole file is available, as a data URI or a file of the item
 * @returns continues the input's title
 */
export function wrongKind(types: MediaKind[], { mimeType, width }: MediaFacts, isInline: boolean): string | undefined {
	const wanted = [...new Set(types)].map((type) => KIND_WORDS[type] ?? type).join(' or ');
	const kind = mimeType?.split('/')[0] ?? '';
	const isImageOnly = types.every((type) => type === 'image');
	// All image types that models accept are known.
	if (isInline && isImageOnly && mimeType === undefined && width === undefined)
		return `isn't an image in a known format, but the model accepts ${wanted}`;
	const isLetThrough = types.some(
		(type) =>
			type === kind || (type === 'audio' && kind === 'video') || (type === 'video' && mimeType === 'image/gif'),
	);
	return Object.hasOwn(KIND_WORDS, kind) && !isLetThrough
		? `is ${KIND_WORDS[kind]}, but the model accepts ${wanted}`
		: undefined;
}

/**
 * Whether the bytes of a file prove that it isn't what it is declared as. Only the kind counts: a container may hold
 * audio or video, and services detect the type of an image themselves.
 *
 * @param announced a media type, or an empty text
 */
export function contradiction(announced: string, start: Buffer): string | undefined {
	const detected = detectType(start);
	const [declared = '', kind = ''] = [announced, detected?.mimeType].map((type) => type?.split('/')[0]);
	if (detected === undefined || detected.isWeak || !Object.hasOwn(KIND_WORDS, declared) || declared === kind)
		return undefined;
	const mayBeBoth =
		declared !== 'image' && (kind === 'audio' || kind === 'video' || detected.mimeType === 'image/gif');
	return mayBeBoth ? undefined : `is declared as ${announced}, but its content is ${detected.mimeType}`;
}

/** Why the bytes aren't a media file, if a server sent text instead; continues the input's title. */
export function textInstead(start: Buffer): string | undefined {
	switch (textInsteadOfFile(start)) {
		case 'page':
			return 'is a web page, not a media file';
		case 'data':
			return 'is text (JSON or XML), not a media file';
		default:
			return undefined;
	}
}
