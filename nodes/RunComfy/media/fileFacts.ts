import { imageSize } from '../../../vendor/imageSize';
import { typeOfBytes } from '../shared/signatures';
import type { MediaFacts } from './mediaRules';

/** EXIF orientations from 5 on turn the picture by a quarter, so that its sides change places. */
const FIRST_TURNED_ORIENTATION = 5;

/** What the first bytes of a file show. */
export function fileFacts(start: Buffer): Omit<MediaFacts, 'bytes'> {
	return { mimeType: typeOfBytes(start), ...imageFacts(start) };
}

/**
 * Reads an image's sides out of its first bytes.
 *
 * @returns undefined when the bytes are no image of a known format, or too few
 */
export function imageFacts(bytes: Uint8Array): Pick<MediaFacts, 'width' | 'height'> | undefined {
	try {
		const { width, height, orientation } = imageSize(bytes);
		if (!width || !height) return undefined;
		return orientation !== undefined && orientation >= FIRST_TURNED_ORIENTATION
			? { width: height, height: width }
			: { width, height };
	} catch {
		return undefined;
	}
}
