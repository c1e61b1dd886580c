import type { CatalogEntry } from '../api/model/catalog';
import { invalidInput, throwAsIs, RunComfyFailure } from '../shared/failure';
import { truncate } from '../shared/text';
import type { ApiTransport } from '../transport/apiTransport';
import { cachedCatalog } from './catalogCache';
import { EXAMPLE_ID, pathOfPage, type ModelPage, type NamedModel } from './modelId';
import { retryingReader } from './retryingReader';
import { didYouMean, similarModels } from './similarModels';

/** How many models a refusal names. */
const MAX_NAMED = 8;
const MAX_ID_LENGTH = 100;

/**
 * The ID of the model that the Model parameter names. The catalog is read only for the URL of a page.
 *
 * @throws RunComfyFailure `invalid_input` for a page of no model or of several, `unauthorized`, and the failure of the
 * catalog if the URL can't be resolved without it
 */
export async function resolveModel(transport: ApiTransport, named: NamedModel, signal?: AbortSignal): Promise<string> {
	if ('id' in named) return named.id;
	const { page } = named;
	const catalog = await catalogFor(page, readerOf(transport, signal));
	return typeof catalog === 'string' ? catalog : await modelOfPage(page, catalog);
}

/**
 * Without the catalog, the path is used as the ID, which is right for most pages. RunComfy rejects an unknown ID for
 * free.
 */
async function catalogFor(
	{ possibleId }: ModelPage,
	read: () => Promise<readonly CatalogEntry[]>,
): Promise<readonly CatalogEntry[] | string> {
	try {
		const catalog = await read();
		// An empty catalog can't tell that a page has no model.
		return catalog.length === 0 && possibleId !== undefined ? possibleId : catalog;
	} catch (error) {
		const isOutage = error instanceof RunComfyFailure && error.details.code !== 'unauthorized';
		return isOutage && possibleId !== undefined ? possibleId : throwAsIs(error);
	}
}

/** Each run has its own transport, so its items share one read. */
const readers = new WeakMap<ApiTransport, () => Promise<readonly CatalogEntry[]>>();

function readerOf(transport: ApiTransport, signal: AbortSignal | undefined): () => Promise<readonly CatalogEntry[]> {
	const reader =
		readers.get(transport) ??
		retryingReader(async (maxRepeats) => await cachedCatalog(transport, signal, maxRepeats));
	readers.set(transport, reader);
	return reader;
}

/**
 * Finds the model of a page in the catalog: by the page URL in the catalog, by its ID, or as the only one whose page or
 * ID begins with the path.
 *
 * @throws RunComfyFailure `invalid_input` for none or several, naming candidates
 */
export async function modelOfPage(page: ModelPage, catalog: readonly CatalogEntry[]): Promise<string> {
	const { byPage, byId, all } = indexOf(catalog);
	const path = page.path.toLowerCase();
	const below = () => new Set(all.filter((entry) => entry.path.startsWith(`${path}/`)).map(({ id }) => id));
	const found = [...(byPage.get(path) ?? byId.get(path) ?? below())];
	if (found.includes(page.path)) return page.path;
	const [only] = found;
	if (only === undefined) throw await noModel(page, catalog);
	// A page with a single segment belongs to a vendor, even if the vendor has only one model so far.
	const isVendor = !path.includes('/') && !byPage.has(path);
	if (found.length > 1 || isVendor) throw severalModels(page, found);
	return only;
}

interface CatalogPath {
	path: string;
	id: string;
}

interface CatalogIndex {
	byPage: Map<string, Set<string>>;
	byId: Map<string, Set<string>>;
	all: CatalogPath[];
}

/** Hundreds of items may ask about one catalog. */
const knownIndexes = new WeakMap<readonly CatalogEntry[], CatalogIndex>();

function indexOf(catalog: readonly CatalogEntry[]): CatalogIndex {
	const known = knownIndexes.get(catalog);
	if (known) return known;
	const byPage = new Map<string, Set<string>>();
	const byId = new Map<string, Set<string>>();
	const all: CatalogPath[] = [];
	const add = (places: Map<string, Set<string>>, path: string, id: string) => {
		places.set(path, (places.get(path) ?? new Set()).add(id));
		all.push({ path, id });
	};
	for (const { model_id: id, model_url: url } of catalog) {
		const path = typeof url === 'string' && url !== '' ? pathOfPage(url)?.toLowerCase() : undefined;
		if (path) add(byPage, path, id);
		add(byId, id.toLowerCase(), id);
	}
	const places = { byPage, byId, all };
	knownIndexes.set(catalog, places);
	return places;
}

function severalModels({ url }: ModelPage, ids: string[]): RunComfyFailure {
	return invalidInput(
		`The page "${url}" isn't the page of a single model. Models there: ${listed(ids)}`,
		'Enter the ID of the model you mean (Model > By ID), or select it from the list.',
	);
}

async function noModel({ url, path }: ModelPage, catalog: readonly CatalogEntry[]): Promise<RunComfyFailure> {
	return invalidInput(
		`The page "${url}" isn't the page of a model in RunComfy's catalog`,
		`${didYouMean(await similarModels(catalog, path))}Select a model from the list, or enter an ID such as ${EXAMPLE_ID}.`,
	);
}

function listed(ids: string[]): string {
	const named = ids.slice(0, MAX_NAMED).map((id) => truncate(id, MAX_ID_LENGTH));
	return ids.length > named.length ? `${named.join(', ')} and ${ids.length - named.length} more` : named.join(', ');
}
