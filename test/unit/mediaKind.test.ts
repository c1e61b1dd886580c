import { wrongKind } from '../../nodes/RunComfy/media/mediaKind';
import type { MediaKind } from '../../nodes/RunComfy/shared/mediaTypes';

describe('the kind of a file', () => {
	it.each<[MediaKind[], string | undefined, boolean, string | undefined]>([
		[['image'], 'image/webp', false, undefined],
		[['image'], 'video/mp4', false, 'is a video, but the model accepts an image'],
		[['image', 'video'], 'video/mp4', false, undefined],
		[['image', 'image'], 'video/mp4', false, 'is a video, but the model accepts an image'],
		[['video'], 'image/png', false, 'is an image, but the model accepts a video'],
		[['video'], 'image/gif', false, undefined],
		[['audio'], 'video/mp4', false, undefined],
		[['audio'], 'image/png', true, 'is an image, but the model accepts audio'],
		[['image'], undefined, false, undefined],
		[['image'], undefined, true, "isn't an image in a known format, but the model accepts an image"],
		[['video'], undefined, true, undefined],
		[['image'], 'application/zip', false, undefined],
	])('%j with %s (inline: %s): %s', (types, mimeType, isInline, expected) => {
		expect(wrongKind(types, { mimeType }, isInline)).toBe(expected);
	});

	it('counts as an image where its sides can be read', () => {
		expect(wrongKind(['image'], { width: 10, height: 10 }, true)).toBeUndefined();
	});
});
