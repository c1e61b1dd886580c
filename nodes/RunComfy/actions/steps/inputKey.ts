import { createHash } from 'crypto';

import type { Clock } from '../../shared/clock';
import type { JobTarget } from '../../shared/job';
import { isJsonObject } from '../../shared/json';
import { TimeSlice } from '../../shared/timeSlice';
import { jsonPieces, type InputWithFiles } from './encodeBody';
import type { BinaryInput } from './binaryInputs';

/** Deeper values are not compared. */
const MAX_DEPTH = 500;

/** What a model or a node of ComfyUI calls its seed: `seed`, `noise_seed`, `25.seed`. */
const SEED_NAME = /(^|[._])seed$/i;

/** Many models pick a seed by themselves for it (seen in published schemas). */
const RANDOM_SEED = -1;

/** Words of expressions whose result is another one at every run. */
const RANDOM_WORDS = /random|Date\.now|new Date|\$now|\$today|\$execution/i;

/**
 * A text that is the same for equal inputs of one target, files included, whatever the order of their names. An empty or
 * random seed counts as no seed: the point is to find what was paid for.
 *
 * @param areSeedsRandom whether the seeds of the input come from an expression that gives another one at every run
 */
export async function inputKey(
	clock: Clock,
	target: JobTarget,
	{ body, files }: InputWithFiles,
	areSeedsRandom: boolean,
): Promise<string> {
	const turns = new TimeSlice(clock);
	const hash = createHash('sha256').update(`${target.family} ${target.targetId} `);
	const byPlaceholder = new Map(files.map((file) => [file.placeholder, file]));
	for await (const text of withContents(jsonPieces(comparable(body, areSeedsRandom, 0), byPlaceholder))) {
		hash.update(text);
		if (turns.isUsedUp()) await turns.renew();
	}
	return hash.digest('hex');
}

/** Pieces of JSON, with the contents of files in place of the files. */
async function* withContents(pieces: Iterable<string | BinaryInput>): AsyncGenerator<string> {
	for (const piece of pieces) {
		if (typeof piece === 'string') yield piece;
		else {
			yield piece.prefix;
			yield* piece.base64();
		}
	}
}

function comparable(value: unknown, areSeedsRandom: boolean, depth: number): unknown {
	if (depth > MAX_DEPTH) return value;
	if (Array.isArray(value)) return value.map((entry) => comparable(entry, areSeedsRandom, depth + 1));
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value)
			.filter(([name, entry]) => !(SEED_NAME.test(name) && isNoSeed(entry, areSeedsRandom)))
			.sort(([one], [other]) => (one < other ? -1 : 1))
			.map(([name, entry]) => [name, comparable(entry, areSeedsRandom, depth + 1)]),
	);
}

function isNoSeed(seed: unknown, areSeedsRandom: boolean): boolean {
	if (seed === undefined || seed === null || seed === '' || Number(seed) === RANDOM_SEED) return true;
	return areSeedsRandom && ['number', 'string', 'bigint'].includes(typeof seed);
}

/** Whether a seed among the raw parameters of the node, expressions included, is another one at every run. */
export function hasRandomSeed(parameters: unknown, name = '', depth = 0): boolean {
	if (typeof parameters === 'string') {
		if (SEED_NAME.test(name)) return parameters.startsWith('=') && RANDOM_WORDS.test(parameters);
		return ['inputJson', 'additionalInputs'].includes(name) && isRandomInJson(parameters);
	}
	if (depth > MAX_DEPTH || typeof parameters !== 'object' || parameters === null) return false;
	return Object.entries(parameters).some(([key, value]) => hasRandomSeed(value, key, depth + 1));
}

/** JSON with expressions in it: what stands between the name of the seed and the next entry is its value. */
function isRandomInJson(text: string): boolean {
	if (!text.startsWith('=')) return false;
	return [...text.matchAll(/seed["']?\s*:([^,\n]{0,300})/gi)].some(([, value = '']) => RANDOM_WORDS.test(value));
}
