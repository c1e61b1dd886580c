import type { CatalogEntry } from '../api/model/catalog';
import { systemClock } from '../shared/clock';
import { RunComfyFailure } from '../shared/failure';
import { spellingDistance } from '../shared/nearestNames';
import { truncate } from '../shared/text';
import { runInSlices } from '../shared/timeSlice';
import type { ApiTransport } from '../transport/apiTransport';
import { cachedCatalog } from './catalogCache';
import { searchSteps } from './searchCatalog';

/** More names would hide the one that was meant. */
const MAX_SIMILAR = 3;
/** Larger catalogs are compared up to here. */
const MAX_COMPARED = 5_000;
/** So many letters may be mistyped, whatever the words mean. */
const SLIP = 3;
const MAX_ID_LENGTH = 60;

/**
 * The IDs that were probably meant by one that the catalog doesn't have: first those that differ by a slip, then those
 * with the same words in another spelling, then those that are written somewhat alike. Empty where none is.
 */
export async function similarModels(catalog: readonly CatalogEntry[], id: string): Promise<string[]> {
	return await runInSlices(systemClock, similarSteps(catalog, id));
}

/** The same, one model per step. */
export function* similarSteps(catalog: readonly CatalogEntry[], id: string): Generator<undefined, string[]> {
	const distances: Array<{ id: string; distance: number }> = [];
	for (const { model_id: other } of catalog.slice(0, MAX_COMPARED)) {
		distances.push({ id: other, distance: spellingDistance(id, other) });
		yield;
	}
	distances.sort((one, other) => one.distance - other.distance);
	const within = (limit: number) => distances.filter(({ distance }) => distance <= limit).map((near) => near.id);
	const found = [
		...within(SLIP),
		...(yield* sameWords(catalog, id)),
		...within(Math.max(SLIP, Math.floor(Math.min(id.length, MAX_ID_LENGTH) / 4))),
	];
	return [...new Set(found)].filter((other) => other !== id).slice(0, MAX_SIMILAR);
}

/** By all words of the ID, else by those without the owner, which people often leave out or get wrong. */
function* sameWords(catalog: readonly CatalogEntry[], id: string): Generator<undefined, string[]> {
	const all = yield* searchSteps(catalog, id);
	const found = all.length > 0 ? all : yield* searchSteps(catalog, id.split('/').slice(1).join(' ') || '/');
	return found.map((entry) => entry.model_id);
}

/** A question that names IDs, with a blank after it; empty for none. */
export function didYouMean(ids: readonly string[]): string {
	const names = ids.map((id) => truncate(id, MAX_ID_LENGTH));
	if (names.length === 0) return '';
	const last = names.at(-1) ?? '';
	return `Did you mean ${names.length === 1 ? last : `${names.slice(0, -1).join(', ')} or ${last}`}? `;
}

/** The similar IDs where the catalog can be read at once; none otherwise, because they are only advice. */
export async function readSimilarModels(transport: ApiTransport, id: string, signal?: AbortSignal): Promise<string[]> {
	try {
		return await similarModels(await cachedCatalog(transport, signal, 0), id);
	} catch {
		return [];
	}
}

/** A failure of an unknown model that also names similar ones; every other error as it is. */
export function withSimilarModels(error: unknown, similar: readonly string[]): unknown {
	if (!(error instanceof RunComfyFailure) || error.details.code !== 'not_found') return error;
	const { description = '' } = error.details;
	return new RunComfyFailure({ ...error.details, description: `${didYouMean(similar)}${description}` });
}
