import { readCatalog, readModel, type CatalogEntry } from '../api/model/catalog';
import { TimedCache } from '../shared/timedCache';
import type { ApiTransport } from '../transport/apiTransport';

/** The editor asks every time the panel opens; prices and schemas are never older than this. Milliseconds. */
const LIFETIME_MS = 60_000;
const MAX_ENTRIES = 200;

/** Keys include the account, so that none sees the responses of another one. */
const cache = new TimedCache(LIFETIME_MS, MAX_ENTRIES);

/**
 * One catalog entry, at most a minute old.
 *
 * @param maxRepeats how often a call is sent again; three times by default
 * @throws RunComfyFailure, which is not remembered
 */
export async function cachedModel(
	transport: ApiTransport,
	modelId: string,
	signal?: AbortSignal,
	maxRepeats?: number,
): Promise<CatalogEntry> {
	const read = async () => await readModel(transport, modelId, { maxRepeats });
	return await cache.get(`${transport.account} model ${modelId}`, read, signal);
}

/**
 * The whole catalog without schemas, at most a minute old. It is shared, so nobody may change it.
 *
 * @throws RunComfyFailure, which is not remembered
 */
export async function cachedCatalog(
	transport: ApiTransport,
	signal?: AbortSignal,
	maxRepeats?: number,
): Promise<readonly CatalogEntry[]> {
	const read = async () => await readCatalog(transport, {}, { maxRepeats });
	return await cache.get(`${transport.account} catalog`, read, signal);
}
