import type { MediaKind } from '../shared/mediaTypes';
import { typeOf, type JsonSchema } from './jsonSchema';

/** What is known of an input as media. */
export interface MediaHint {
	type: MediaKind;
	/**
	 * Whether the schema itself says so, by a format or a name that ends in "url". Otherwise it was guessed by the name,
	 * and values that are no URLs (such as the name of a file in a ComfyUI workflow) are let through.
	 */
	isDeclared: boolean;
}

const TYPE_OF_WORD: Record<string, MediaKind> = {
	audio: 'audio',
	avatar: 'image',
	clip: 'video',
	face: 'image',
	frame: 'image',
	image: 'image',
	images: 'image',
	img: 'image',
	mask: 'image',
	music: 'audio',
	photo: 'image',
	picture: 'image',
	portrait: 'image',
	song: 'audio',
	speech: 'audio',
	video: 'video',
	videos: 'video',
	voice: 'audio',
};

/**
 * Names that end so hold media although nothing says it: `33_video`, `ref_image_2`, `promptImage`, `start_frame`,
 * `audio_file`.
 */
const NAMED_AS_MEDIA =
	/(?:^|[_-])(?:(?:images?|img|videos?|audio|mask)(?:_file)?|(?:start|first|end|last|key)_frame)(?:_?\d+)?$|[a-z](?:Image|Video|Audio)s?$/;
const NAMED_AS_URL = /(?:^|[_-])ur[il]s?(?:_\d+)?$|U(?:r[il]|R[IL])s?$/;

/**
 * Finds out whether an input takes media: by `format` on the string, on the list or on its items (`image_uri`,
 * `image_uris`), else by its name (all seen in published schemas).
 */
export function mediaHintOf(name: string, schema: JsonSchema, item: JsonSchema): MediaHint | undefined {
	const format = [schema.format, item.format].find((value) => /^(image|video|audio)_uris?$/.test(String(value)));
	if (typeof format === 'string') return { type: format.split('_')[0] as MediaKind, isDeclared: true };
	if (typeOf(item) !== 'string' || Array.isArray(item.enum)) return undefined;
	if (NAMED_AS_URL.test(name)) {
		const type = wordType(name);
		return type && { type, isDeclared: true };
	}
	const type = NAMED_AS_MEDIA.test(name) ? wordType(name) : undefined;
	return type && { type, isDeclared: false };
}

function wordType(name: string): MediaKind | undefined {
	const words = name
		.replace(/([a-z])([A-Z])/g, '$1_$2')
		.toLowerCase()
		.split(/[_-]|(?<=[a-z])(?=\d)/);
	const word = words.reverse().find((entry) => Object.hasOwn(TYPE_OF_WORD, entry));
	return word === undefined ? undefined : TYPE_OF_WORD[word];
}
