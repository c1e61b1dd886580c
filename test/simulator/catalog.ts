import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A catalog entry as RunComfy's clients see it. */
export interface CatalogModel {
	model_id: string;
	display_name: string;
	description: string;
	categories: string[];
	kind: 'model' | 'workflow' | 'inference';
	base_price_usd: number | null;
	price_unit: string;
	pricing_note: string;
	model_url: string;
	inputs: string[];
	required_inputs: string[];
	input_schema?: unknown;
}

interface ModelFixture {
	model_id: string;
	title: string;
	output_type: 'VIDEO' | 'IMAGE' | 'AUDIO' | null;
	input_schema: { properties?: Record<string, unknown>; required?: string[] };
}

const FIXTURES = join(__dirname, '..', 'fixtures', 'models');

/** Pages whose address is not the id of their model, as RunComfy has them. */
const PAGES: Record<string, string> = {
	'bytedance/seedance-2.0/pro': 'bytedance/seedance-v2/pro',
	'google/nano-banana-2-lite/text-to-image': 'google/nano-banana-2-lite',
};

/** The catalog of the simulator: real schemas, invented prices. */
export function loadCatalog(): CatalogModel[] {
	return readdirSync(FIXTURES)
		.filter((name) => name.endsWith('.json'))
		.sort()
		.map((name) => toEntry(JSON.parse(readFileSync(join(FIXTURES, name), 'utf8')) as ModelFixture));
}

function toEntry({ model_id, title, output_type, input_schema }: ModelFixture): CatalogModel {
	const isPerSecond = /video/.test(model_id) && !/dreamina/.test(model_id);
	return {
		model_id,
		display_name: title.replace(/^RunComfy /, ''),
		description: `${title} on RunComfy`,
		categories: [categoryOf(model_id, output_type)],
		kind: 'model',
		base_price_usd: isPerSecond ? 0.05 : 0.12,
		price_unit: isPerSecond ? 'second' : 'output',
		pricing_note: 'Simulated price',
		model_url: `https://www.runcomfy.com/models/${PAGES[model_id] ?? model_id}`,
		inputs: Object.keys(input_schema.properties ?? {}),
		required_inputs: input_schema.required ?? [],
		input_schema,
	};
}

function categoryOf(modelId: string, outputType: ModelFixture['output_type']): string {
	const named = modelId.split('/').find((part) => /-to-(image|video|audio)$/.test(part));
	if (named) return named.startsWith('image') || named.startsWith('text') ? named : 'edit-video';
	if (outputType === 'AUDIO') return 'text-to-audio';
	return outputType === 'IMAGE' ? 'image-to-image' : 'image-to-video';
}

/** Answers `GET /v1/models`. */
export function searchCatalog(models: CatalogModel[], query: URLSearchParams): unknown {
	const limit = clamp(Number(query.get('limit') ?? 100), 1, 500);
	const offset = Math.max(0, Number(query.get('offset') ?? 0));
	const text = (query.get('search') ?? '').toLowerCase();
	const category = query.get('category');
	const kind = query.get('kind');
	const matching = models.filter(
		(model) =>
			`${model.model_id} ${model.display_name} ${model.description}`.toLowerCase().includes(text) &&
			(!category || model.categories.includes(category)) &&
			(!kind || model.kind === kind),
	);
	const withSchema = query.get('include_schema') === 'true';
	return {
		models: matching.slice(offset, offset + limit).map((model) => (withSchema ? model : withoutSchema(model))),
		total: matching.length,
		limit,
		offset,
	};
}

function withoutSchema(model: CatalogModel): CatalogModel {
	return { ...model, input_schema: undefined };
}

function clamp(value: number, low: number, high: number): number {
	return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : high;
}
