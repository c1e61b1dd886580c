/** In RunComfy's rules and in this node's options a MB is 1,048,576 bytes. */
export const BYTES_PER_MB = 1_048_576;

/** The rate at which a number of frames stands for a duration (contract). */
export const FRAMES_PER_SECOND = 24;

/** A number of bytes as a person reads it. */
export function sizeText(bytes: number): string {
	return bytes < BYTES_PER_MB ? `${Math.ceil(bytes / 1024)} kB` : `${(bytes / BYTES_PER_MB).toFixed(1)} MB`;
}
