import type { MediaKind } from '../shared/mediaTypes';
import { detectType } from '../shared/signatures';
import { textInsteadOfFile } from '../shared/textContent';
import type { MediaFacts } from './mediaRules';

const KIND_WORDS: Record<string, string> = { audio: 'audio', image: 'an image', video: 'a video' };

/**
 * Whether the first bytes prove that a file is of another kind. A video has sound, and a GIF moves, so those are let through.
 *
 * @param isInline whether all of it is at hand, in a data URI or a file of the item
 * @returns goes on after the input's title
 */
export function wrongKind(types: MediaKind[], { mimeType, width }: MediaFacts, isInline: boolean): string | undefined {
	const wanted = [...new Set(types)].map((type) => KIND_WORDS[type] ?? type).join(' or ');
	const kind = mimeType?.split('/')[0] ?? '';
	const isImageOnly = types.every((type) => type === 'image');
	// Images of the kinds that models take are all known.
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
 * Whether the bytes of a file prove that it is not what it is announced as. One container may hold sound or video, and a service
 * looks at the bytes of a picture itself, so only the kind counts.
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

/** Whether a text stands in the place of a file, as servers send it. */
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
