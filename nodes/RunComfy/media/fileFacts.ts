import { detectMimeType } from '../shared/signatures';
import { imageDimensions, type Dimensions } from './imageDimensions';
import type { MediaFacts } from './mediaRules';

/** What the first bytes of a file say about it. */
export function fileFacts(start: Buffer): Omit<MediaFacts, 'bytes'> {
	return { mimeType: detectMimeType(start), ...imageFacts(start) };
}

/**
 * Reads the dimensions of an image from its first bytes.
 *
 * @returns undefined when the bytes aren't an image of a known format, or too few; never dimensions that could be wrong
 */
export function imageFacts(bytes: Uint8Array): Dimensions | undefined {
	try {
		const dimensions = imageDimensions(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
		return dimensions && dimensions.width > 0 && dimensions.height > 0 ? dimensions : undefined;
	} catch {
		return undefined;
	}
}
