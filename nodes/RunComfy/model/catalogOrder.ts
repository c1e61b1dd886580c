import type { CatalogEntry } from '../api/model/catalog';
import type { Clock } from '../shared/clock';
import { runInSlices } from '../shared/timeSlice';
import { modelTitle } from './modelTitle';

/** Sorting more models of one task in one go would block n8n; they stay in the order of the catalog. */
const MAX_SORTED = 5_000;

interface Sortable {
	entry: CatalogEntry;
	name: string;
	unit: string;
	price: number;
}

/** The editor asks at each keystroke, with one catalog for a minute. */
const known = new WeakMap<readonly CatalogEntry[], Promise<readonly CatalogEntry[]>>();

/**
 * A catalog in the order of the list: by task, and within a task by price, the cheapest first. Prices of different units
 * can't be compared, so those of one unit stand together.
 *
 * @param clock large catalogs are sorted in steps, so that n8n can do other work
 */
export async function inListOrder(clock: Clock, catalog: readonly CatalogEntry[]): Promise<readonly CatalogEntry[]> {
	const order = known.get(catalog) ?? runInSlices(clock, orderSteps(catalog));
	known.set(catalog, order);
	return await order;
}

/** The same, one model or one task per step. */
export function* orderSteps(catalog: readonly CatalogEntry[]): Generator<undefined, CatalogEntry[]> {
	const byTask = new Map<string, Sortable[]>();
	for (const entry of catalog) {
		const { name, task } = modelTitle(entry);
		const models = byTask.get(task) ?? [];
		byTask.set(task, models);
		models.push({ entry, name: name.toLowerCase(), ...priceKey(entry) });
		yield;
	}
	for (const models of byTask.values()) {
		if (models.length <= MAX_SORTED) models.sort(byPrice);
		yield;
	}
	return [...byTask]
		.sort(([one], [other]) => Number(one === '') - Number(other === '') || compare(one, other))
		.flatMap(([, models]) => models.map(({ entry }) => entry));
}

/** What has no price comes last. */
function priceKey({ base_price_usd: price, price_unit: unit }: CatalogEntry): Pick<Sortable, 'unit' | 'price'> {
	const hasPrice = typeof price === 'number' && Number.isFinite(price);
	return { unit: hasPrice ? String(unit ?? '') : '\uffff', price: hasPrice ? price : 0 };
}

function byPrice(one: Sortable, other: Sortable): number {
	return compare(one.unit, other.unit) || one.price - other.price || compare(one.name, other.name);
}

function compare(one: string, other: string): number {
	return one === other ? 0 : one < other ? -1 : 1;
}
