import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { CatalogModel } from './catalog';

const FOLDER = join(__dirname, 'media');

const CONTENT_TYPES: Record<string, string> = {
	'.jpg': 'image/jpeg',
	'.mp3': 'audio/mpeg',
	'.mp4': 'video/mp4',
	'.png': 'image/png',
};

const FRAMES_PER_SECOND = 24;
const FRAME_COUNTS = [121, 241];

/** A file of the file host. */
export interface MediaFile {
	bytes: Buffer;
	contentType: string;
}

/** The image that examples and tests give to models. */
export const INPUT_IMAGE = 'input-1280x720.jpg';

/** Reads a file of the simulator's stock. */
export function readMedia(name: string): MediaFile {
	const extension = /\.[a-z0-9]+$/.exec(name)?.[0] ?? '';
	return {
		bytes: readFileSync(join(FOLDER, name)),
		contentType: CONTENT_TYPES[extension] ?? 'application/octet-stream',
	};
}

/**
 * Chooses what a model makes of an input: for a video the stock's file with the asked size and the nearest number of
 * frames.
 *
 * @returns the keys of the output, each with names of the stock
 */
export function generatedMedia(model: CatalogModel, input: Record<string, unknown>): Record<string, string | string[]> {
	const category = model.categories[0] ?? '';
	if (category.endsWith('audio')) return { audio: 'audio-2s.mp3' };
	if (category.endsWith('image')) {
		const count = Math.min(4, Math.max(1, Number(input.num_images ?? input.n ?? 1) || 1));
		return count === 1
			? { image: 'image-1024x1024.png' }
			: { images: Array<string>(count).fill('image-1024x1024.png') };
	}
	return { video: `video-${linesOf(input)}p-${framesOf(input)}.mp4` };
}

function linesOf(input: Record<string, unknown>): number {
	return /1080|2k|4k/i.test(String(input.resolution ?? '')) ? 1080 : 720;
}

function framesOf(input: Record<string, unknown>): number {
	const asked =
		Number(input.number_of_frames ?? input.num_frames) || Number(input.duration) * FRAMES_PER_SECOND || 121;
	return FRAME_COUNTS.reduce((best, count) => (Math.abs(count - asked) < Math.abs(best - asked) ? count : best));
}
