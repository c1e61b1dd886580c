import { expectObject, unexpectedShape } from '../../failures/apiFailure';
import { isJsonObject } from '../../shared/json';
import type { ApiTransport } from '../../transport/apiTransport';
import { modelPath } from './paths';

/** The largest page that the catalog returns (seen in RunComfy's own client). */
const MAX_PAGE_SIZE = 500;

/** The most pages read, whatever the service says: enough for 50,000 models. */
const MAX_PAGES = 100;

/** A model as the catalog describes it. All fields are those of RunComfy (seen in its own clients). */
export interface CatalogEntry {
	model_id: string;
	display_name?: string;
	description?: string;
	categories?: string[];
	kind?: string;
	base_price_usd?: number | null;
	price_unit?: string;
	pricing_note?: string;
	model_url?: string;
	input_schema?: unknown;
	[field: string]: unknown;
}

/** Filters that the service applies. */
export interface CatalogFilters {
	category?: string;
	kind?: string;
}

/** How to read the catalog. */
export interface CatalogReading {
	/** How many models to read; all of them by default. */
	limit?: number;
	signal?: AbortSignal;
	/** How often a call is sent again; three times by default. */
	maxRepeats?: number;
}

/** One page of the catalog. */
interface CatalogPage {
	models: CatalogEntry[];
	/** How many entries the page had, including invalid ones, which were skipped. */
	received: number;
	/** Whether it is the last page. */
	isLast: boolean;
}

/** Reads the catalog page by page, without duplicates (free). @throws RunComfyFailure */
export async function readCatalog(
	transport: ApiTransport,
	filters: CatalogFilters,
	reading: CatalogReading = {},
): Promise<CatalogEntry[]> {
	const { limit = Infinity } = reading;
	const found = new Map<string, CatalogEntry>();
	let offset = 0;
	for (let pages = 0; pages < MAX_PAGES && found.size < limit; pages++) {
		const size = Math.min(MAX_PAGE_SIZE, limit - found.size);
		const page = await readPage(transport, filters, { ...reading, size, offset });
		const knownBefore = found.size;
		for (const entry of page.models) if (!found.has(entry.model_id)) found.set(entry.model_id, entry);
		offset += page.received;
		// A service that ignores `offset` returns the same page again and again.
		if (page.isLast || found.size === knownBefore) break;
	}
	const entries = [...found.values()];
	return entries.length > limit ? entries.slice(0, limit) : entries;
}

async function readPage(
	transport: ApiTransport,
	{ category, kind }: CatalogFilters,
	{ size, offset, signal, maxRepeats }: CatalogReading & { size: number; offset: number },
): Promise<CatalogPage> {
	const subject = { purpose: 'catalog' as const };
	const outcome = await transport.read({
		method: 'GET',
		api: 'modelApi',
		path: '/v1/models',
		query: { limit: size, offset, ...(category ? { category } : {}), ...(kind ? { kind } : {}) },
		signal,
		maxRepeats,
	});
	const response = expectObject(outcome, subject);
	if (!Array.isArray(response.models)) throw unexpectedShape(subject, 'models');
	const received = response.models.length;
	return {
		models: response.models.filter(isCatalogEntry),
		received,
		isLast: isLastPage(response, received, size, offset),
	};
}

/** `total` counts the models of all pages. If it is missing or impossible, a page that isn't full is the last one. */
function isLastPage(
	{ total, limit }: Record<string, unknown>,
	received: number,
	size: number,
	offset: number,
): boolean {
	const end = offset + received;
	if (typeof total === 'number' && total >= end) return total === end;
	// The service may return smaller pages than requested.
	const full = typeof limit === 'number' && limit > 0 ? Math.min(size, limit) : size;
	return received < full;
}

/** Reads one catalog entry with its input schema (free). @throws RunComfyFailure, `not_found` for an unknown model */
export async function readModel(
	transport: ApiTransport,
	modelId: string,
	{ signal, maxRepeats }: Pick<CatalogReading, 'signal' | 'maxRepeats'> = {},
): Promise<CatalogEntry> {
	const subject = { purpose: 'catalog' as const, target: { family: 'model' as const, targetId: modelId } };
	const outcome = await transport.read({
		method: 'GET',
		api: 'modelApi',
		path: modelPath(modelId),
		signal,
		maxRepeats,
	});
	const response = expectObject(outcome, subject);
	if (!isCatalogEntry(response)) throw unexpectedShape(subject, 'model_id');
	return response;
}

function isCatalogEntry(value: unknown): value is CatalogEntry {
	return isJsonObject(value) && typeof value.model_id === 'string' && value.model_id !== '';
}
