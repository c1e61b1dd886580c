import { listModels, readModel, type CatalogEntry, type CatalogPage, type CatalogQuery } from '../api/catalog';
import { systemClock } from '../shared/clock';
import { rethrow } from '../shared/failure';
import type { ApiTransport } from '../transport/apiTransport';

/** The editor asks on every opening of the panel; prices and schemas are never older than this. Milliseconds. */
const LIFETIME_MS = 60_000;
const MOST_ENTRIES = 200;

interface Entry {
	answer: Promise<unknown>;
	expiresAt: number;
}

/** Lives as long as the process. The key holds the credential, so no account sees the answers of another. */
const entries = new Map<string, Entry>();

/** One catalog entry, possibly from the last minute. @throws RunComfyFailure, which is not remembered */
export async function cachedModel(transport: ApiTransport, modelId: string, signal?: AbortSignal): Promise<CatalogEntry> {
	return await remember(transport, `model ${modelId}`, async () => await readModel(transport, modelId, signal));
}

/** One page of the catalog, possibly from the last minute. @throws RunComfyFailure, which is not remembered */
export async function cachedModels(transport: ApiTransport, query: CatalogQuery): Promise<CatalogPage> {
	return await remember(transport, `list ${JSON.stringify(query)}`, async () => await listModels(transport, query));
}

async function remember<T>(transport: ApiTransport, what: string, read: () => Promise<T>): Promise<T> {
	const key = `${transport.account} ${what}`;
	const now = systemClock.now();
	const known = entries.get(key);
	if (known && known.expiresAt > now) return (await known.answer) as T;
	const answer = read();
	entries.delete(key);
	entries.set(key, { answer, expiresAt: now + LIFETIME_MS });
	if (entries.size > MOST_ENTRIES) entries.delete(entries.keys().next().value ?? '');
	try {
		return await answer;
	} catch (error) {
		if (entries.get(key)?.answer === answer) entries.delete(key);
		rethrow(error);
	}
}
