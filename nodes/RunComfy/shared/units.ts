/** In RunComfy's rules and in this node's options, one MB is 1,048,576 bytes. */
export const BYTES_PER_MB = 1_048_576;

/** The frame rate that converts a number of frames to a duration (contract). */
export const FRAMES_PER_SECOND = 24;

/** A number of bytes in readable form. */
export function sizeText(bytes: number): string {
	return bytes < BYTES_PER_MB ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / BYTES_PER_MB).toFixed(1)} MB`;
}
