import { createHash } from 'crypto';

import type { Clock } from '../../shared/clock';
import type { JobTarget } from '../../shared/job';
import { TimeSlice } from '../../shared/timeSlice';
import { jsonPieces, type InputWithFiles } from './encodeBody';

/** Parameters are not nested deeper. */
const MAX_DEPTH = 500;

/** Small pieces are hashed together, which is much faster. Characters. */
const HASHED_AT_ONCE = 64 * 1024;

/** What a model or a node of ComfyUI calls its seed: `seed`, `noise_seed`, `25.seed`. */
const SEED_NAME = /(^|[._])seed$/i;

/** Many models pick a seed by themselves for it (seen in published schemas). */
const RANDOM_SEED = -1;

/** Words of expressions whose result is another one at every run. */
const RANDOM_WORDS = /\brandom\w*\s*\(|Date\.now|new Date|\$now|\$today|\$execution/i;

/** How much of JSON is looked through for the value of a seed. Characters. */
const MAX_VALUE_LENGTH = 300;

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
	let text = '';
	for (const piece of jsonPieces(body, byPlaceholder, (object) => comparedEntries(object, areSeedsRandom))) {
		if (typeof piece === 'string') text += piece;
		else {
			hash.update(text + piece.prefix);
			text = '';
			for await (const base64 of piece.base64()) {
				hash.update(base64);
				if (turns.isUsedUp()) await turns.renew();
			}
		}
		if (text.length > HASHED_AT_ONCE) {
			hash.update(text);
			text = '';
		}
		if (turns.isUsedUp()) await turns.renew();
	}
	return hash.update(text).digest('hex');
}

/** By name, without seeds that count as none. */
function* comparedEntries(object: Record<string, unknown>, areSeedsRandom: boolean): Generator<[string, unknown]> {
	for (const name of Object.keys(object).sort()) {
		const value = object[name];
		if (!(SEED_NAME.test(name) && isNoSeed(value, areSeedsRandom))) yield [name, value];
	}
}

function isNoSeed(seed: unknown, areSeedsRandom: boolean): boolean {
	if (seed === undefined || seed === null || seed === '') return true;
	if (typeof seed !== 'object' && Number(seed) === RANDOM_SEED) return true;
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

/** JSON with expressions in it. */
function isRandomInJson(text: string): boolean {
	if (!text.startsWith('=')) return false;
	return [...text.matchAll(/seed["']?\s*:/gi)].some(({ 0: name, index }) =>
		RANDOM_WORDS.test(valueAt(text, index + name.length)),
	);
}

/** The text of a value up to the comma or bracket that ends it; those in brackets of its own belong to it. */
function valueAt(text: string, start: number): string {
	let depth = 0;
	const longest = Math.min(text.length, start + MAX_VALUE_LENGTH);
	for (let at = start; at < longest; at++) {
		const character = text.charAt(at);
		if ('([{'.includes(character)) depth += 1;
		else if (')]}'.includes(character)) depth -= 1;
		if (depth < 0 || (depth === 0 && character === ',')) return text.slice(start, at);
	}
	return text.slice(start, longest);
}
