import { readCatalog, readModel, type CatalogEntry } from '../api/model/catalog';
import { systemClock } from '../shared/clock';
import { ExecutionStopped } from '../shared/failure';
import type { ApiTransport } from '../transport/apiTransport';

/** The editor asks every time the panel opens; prices and schemas are never older than this. Milliseconds. */
const LIFETIME_MS = 60_000;
const MAX_ENTRIES = 200;

interface Entry {
	response: Promise<unknown>;
	expiresAt: number;
}

/** Lives as long as the process. Keys include the account, so that none sees the responses of another one. */
const entries = new Map<string, Entry>();

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
	return await remember(
		transport,
		`model ${modelId}`,
		async () => await readModel(transport, modelId, { maxRepeats }),
		signal,
	);
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
	return await remember(transport, 'catalog', async () => await readCatalog(transport, {}, { maxRepeats }), signal);
}

async function remember<T>(
	transport: ApiTransport,
	what: string,
	read: () => Promise<T>,
	signal?: AbortSignal,
): Promise<T> {
	const key = `${transport.account} ${what}`;
	const now = systemClock.now();
	const known = entries.get(key);
	if (known && known.expiresAt > now) return await unlessStopped(known.response as Promise<T>, signal);
	forgetOld(now);
	const response = read();
	entries.set(key, { response, expiresAt: now + LIFETIME_MS });
	if (entries.size > MAX_ENTRIES) entries.delete(entries.keys().next().value ?? '');
	response.catch(() => {
		if (entries.get(key)?.response === response) entries.delete(key);
	});
	return await unlessStopped(response, signal);
}

/** Whole catalogs and large schemas are not kept longer than needed. */
function forgetOld(now: number): void {
	for (const [key, { expiresAt }] of entries) if (expiresAt <= now) entries.delete(key);
}

/** Several executions may wait for one response: when one of them is stopped, the others keep waiting. */
async function unlessStopped<T>(response: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
	if (signal === undefined) return await response;
	if (signal.aborted) throw new ExecutionStopped();
	let stop = () => {};
	const stopped = new Promise<never>((_resolve, reject) => {
		stop = () => reject(new ExecutionStopped());
	});
	signal.addEventListener('abort', stop, { once: true });
	try {
		return await Promise.race([response, stopped]);
	} finally {
		signal.removeEventListener('abort', stop);
	}
}
