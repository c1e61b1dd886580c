import { typeOfBytes } from '../shared/signatures';
import { imageSides, type Sides } from './imageSides';
import type { MediaFacts } from './mediaRules';

/** What the first bytes of a file show. */
export function fileFacts(start: Buffer): Omit<MediaFacts, 'bytes'> {
	return { mimeType: typeOfBytes(start), ...imageFacts(start) };
}

/**
 * Reads an image's sides out of its first bytes.
 *
 * @returns undefined when the bytes are no image of a known format, or too few; never sides that could be wrong
 */
export function imageFacts(bytes: Uint8Array): Sides | undefined {
	try {
		const sides = imageSides(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
		return sides && sides.width > 0 && sides.height > 0 ? sides : undefined;
	} catch {
		return undefined;
	}
}
