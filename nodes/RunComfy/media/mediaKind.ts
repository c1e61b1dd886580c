import type { MediaType } from '../schema/mediaInputs';
import type { MediaFacts } from './mediaRules';

const KIND_WORDS: Record<string, string> = { audio: 'audio', image: 'an image', video: 'a video' };

/**
 * Whether the first bytes prove that a file is of another kind. A video has sound, and a GIF moves, so those are let through.
 *
 * @param isInline whether all of it is at hand, in a data URI or a file of the item
 * @returns goes on after the input's title
 */
export function wrongKind(types: MediaType[], { mimeType, width }: MediaFacts, isInline: boolean): string | undefined {
	const wanted = [...new Set(types)].map((type) => KIND_WORDS[type] ?? type).join(' or ');
	const kind = mimeType?.split('/')[0] ?? '';
	const isImageOnly = types.every((type) => type === 'image');
	// Images of the kinds that models take are all known.
	if (isInline && isImageOnly && mimeType === undefined && width === undefined) return `is no image of a known kind, and the model takes ${wanted}`;
	const isLetThrough = types.some((type) => type === kind || (type === 'audio' && kind === 'video') || (type === 'video' && mimeType === 'image/gif'));
	return Object.hasOwn(KIND_WORDS, kind) && !isLetThrough ? `is ${KIND_WORDS[kind]}, and the model takes ${wanted}` : undefined;
}
