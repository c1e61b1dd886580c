import { expectObject, unexpectedShape } from '../failures/apiFailure';
import { isJsonObject } from '../shared/json';
import type { ApiTransport } from '../transport/apiTransport';
import { modelPath } from './paths';

/** The largest page that the catalog gives (seen in RunComfy's own client). */
export const LARGEST_PAGE = 500;

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

/** What to look for in the catalog. */
export interface CatalogQuery {
	search?: string;
	category?: string;
	kind?: string;
	limit: number;
	offset: number;
}

/** One page of the catalog; `total` counts all pages. */
export interface CatalogPage {
	models: CatalogEntry[];
	/** How many entries the page had, those included that make no sense and were passed over. */
	received: number;
	total: number;
}

/** Searches the catalog (free). @throws RunComfyFailure */
export async function listModels(
	transport: ApiTransport,
	query: CatalogQuery,
	signal?: AbortSignal,
): Promise<CatalogPage> {
	const subject = { purpose: 'catalog' as const };
	const { limit, offset, search, category, kind } = query;
	const outcome = await transport.read({
		method: 'GET',
		api: 'modelApi',
		path: '/v1/models',
		query: {
			limit,
			offset,
			...(search ? { search } : {}),
			...(category ? { category } : {}),
			...(kind ? { kind } : {}),
		},
		signal,
	});
	const answer = expectObject(outcome, subject);
	if (!Array.isArray(answer.models)) throw unexpectedShape(subject, 'models');
	const models = answer.models.filter(isCatalogEntry);
	const received = answer.models.length;
	return { models, received, total: typeof answer.total === 'number' ? answer.total : offset + received };
}

/** Reads one catalog entry with its input schema (free). @throws RunComfyFailure, `not_found` for an unknown model */
export async function readModel(
	transport: ApiTransport,
	modelId: string,
	signal?: AbortSignal,
): Promise<CatalogEntry> {
	const subject = { purpose: 'catalog' as const, modelId };
	const outcome = await transport.read({ method: 'GET', api: 'modelApi', path: modelPath(modelId), signal });
	const answer = expectObject(outcome, subject);
	if (!isCatalogEntry(answer)) throw unexpectedShape(subject, 'model_id');
	return answer;
}

function isCatalogEntry(value: unknown): value is CatalogEntry {
	return isJsonObject(value) && typeof value.model_id === 'string' && value.model_id !== '';
}
