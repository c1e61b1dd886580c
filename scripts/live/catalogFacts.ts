import type { Exchange } from './client';
import { objectOf } from './client';
import type { Findings } from './findings';

/** A catalog entry, as far as this check reads it. */
export interface LiveModel {
	model_id: string;
	categories: string[];
	base_price_usd: number | null;
	price_unit: string;
	model_url: string;
	input_schema: { properties: Record<string, unknown>; required: string[] };
}

const KNOWN_UNITS = ['output', 'second', 'image'];

const isObject = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
const texts = (value: unknown) => (Array.isArray(value) ? value.filter((entry) => typeof entry === 'string') : []);

/** Reads the entries of a catalog page; those that are no models are left out. */
export function modelsOf(page: Exchange): LiveModel[] {
	const { models } = objectOf(page);
	return (Array.isArray(models) ? models : []).filter(isObject).flatMap((entry) => {
		if (typeof entry.model_id !== 'string') return [];
		const schema = isObject(entry.input_schema) ? entry.input_schema : {};
		return [
			{
				model_id: entry.model_id,
				categories: texts(entry.categories),
				base_price_usd: typeof entry.base_price_usd === 'number' ? entry.base_price_usd : null,
				price_unit: String(entry.price_unit),
				model_url: String(entry.model_url ?? ''),
				input_schema: {
					properties: isObject(schema.properties) ? schema.properties : {},
					required: texts(schema.required),
				},
			},
		];
	});
}

/** What a catalog page with schemas says about prices, orders and pages. */
export function checkCatalog(page: Exchange, findings: Findings): void {
	const { total, limit, offset, models: entries } = objectOf(page);
	const models = modelsOf(page);
	const isPage = Array.isArray(entries) && [total, limit, offset].every((value) => typeof value === 'number');
	findings.check('catalog-page', page.status === 200 && isPage, `HTTP ${page.status}, ${models.length} models`);
	if (models.length === 0) return;

	const units = [...new Set(models.map(({ price_unit }) => price_unit))].sort();
	findings.check(
		'catalog-prices',
		units.every((unit) => KNOWN_UNITS.includes(unit)),
		`units: ${units.join(', ')}`,
	);

	const names = models
		.map(({ input_schema }) => Object.keys(input_schema.properties))
		.filter((properties) => properties.length >= 3);
	const sorted = names.filter((properties) => properties.join() === [...properties].sort().join());
	findings.check(
		'schema-order',
		sorted.length * 2 > names.length,
		`${sorted.length} of ${names.length} schemas in alphabetical order`,
	);
	const titled = models.filter(({ input_schema }) =>
		Object.values(input_schema.properties).some((property) => isObject(property) && 'title' in property),
	);
	findings.measure('Models whose properties have a title', `${titled.length} of ${models.length}`);

	const others = models.filter(({ model_id, model_url }) => !pathOf(model_url).endsWith(`/models/${model_id}`));
	findings.check('page-addresses', others.length > 0, `${others.length} of ${models.length} pages have another path`);
}

function pathOf(url: string): string {
	return URL.canParse(url) ? decodeURIComponent(new URL(url).pathname) : url;
}
