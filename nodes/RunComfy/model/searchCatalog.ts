import type { CatalogEntry } from '../api/model/catalog';
import type { Clock } from '../shared/clock';
import { runInSlices } from '../shared/timeSlice';
import { modelTitle, titleLine } from './modelTitle';
import { alternativesOf, formsOf, compact, typedWords, wordsOf } from './searchWords';

/** Filler words, and those in every page URL; they need not be found. */
const FILLERS = new Set([
	...['a', 'an', 'the', 'to', 'of', 'for', 'from', 'with', 'and', 'or', 'ai', 'model'],
	...['https', 'www', 'runcomfy', 'com', 'models', 'playground', 'api'],
]);
/** Longer searches are truncated, because each word is compared with each model. */
const MAX_WORDS = 20;
const MAX_CATEGORIES = 20;
/** Shorter words would be found inside everything. Letters. */
const MIN_SUBSTRING_LENGTH = 3;
const MIN_COMPACT_LENGTH = 4;

const EXACT_NAME_COST = -1;
/** More than all words of a search can cost when they are in the names. */
const OUTSIDE_NAME_COST = 1_000;

/** The texts of a model that are searched. */
interface Haystack {
	words: Set<string>;
	/** Names without blanks and punctuation, for "nanobanana", separated by line breaks. */
	squashed: string;
}

interface Searched {
	id: string;
	name: string;
	names: Haystack;
	/** Created when a word is in none of the names. */
	rest?: Haystack;
}

/** The editor searches at each keystroke, with one catalog for a minute. */
const known = new WeakMap<CatalogEntry, Searched>();

/**
 * The models that contain all words of a text, in any order and spelling, best matches first: exact names, then all
 * words in the name or ID, then some in the task, price, category or description.
 *
 * @param clock large catalogs are searched in steps, so that n8n can do other work
 */
export async function searchCatalog(
	clock: Clock,
	entries: readonly CatalogEntry[],
	text: string,
): Promise<CatalogEntry[]> {
	return await runInSlices(clock, searchSteps(entries, text));
}

/** The same, one model per step. */
export function* searchSteps(entries: readonly CatalogEntry[], text: string): Generator<undefined, CatalogEntry[]> {
	const words = [...new Set(typedWords(text))];
	if (words.length === 0) return text.trim() === '' ? [...entries] : [];
	const telling = words.filter((word) => !FILLERS.has(word));
	const wanted = (telling.length > 0 ? telling : words).slice(0, MAX_WORDS).map(alternativesOf);
	const name = compact(text);
	const found: Array<{ entry: CatalogEntry; cost: number }> = [];
	for (const entry of entries) {
		const searched = searchedOf(entry);
		const cost = searched.id === name || searched.name === name ? EXACT_NAME_COST : costOf(searched, entry, wanted);
		if (cost !== undefined) found.push({ entry, cost });
		yield;
	}
	// Equal matches stay in the order of the entries.
	return found.sort((one, other) => one.cost - other.cost).map(({ entry }) => entry);
}

function searchedOf(entry: CatalogEntry): Searched {
	const before = known.get(entry);
	if (before) return before;
	const texts = [entry.model_id, textOf(entry.display_name)];
	const [id = '', name = ''] = texts.map(compact);
	const searched = { id, name, names: { words: formsIn(texts), squashed: `${id}\n${name}` } };
	known.set(entry, searched);
	return searched;
}

/** How far a model is from the search; undefined when it lacks a word. */
function costOf(searched: Searched, entry: CatalogEntry, wanted: string[][]): number | undefined {
	let total = 0;
	for (const alternatives of wanted) {
		const cost = costIn(searched.names, alternatives);
		if (cost !== undefined) {
			total += cost;
			continue;
		}
		searched.rest ??= {
			words: formsIn([
				...categoriesOf(entry),
				titleLine(modelTitle(entry)),
				`per ${textOf(entry.price_unit)}`,
				textOf(entry.kind),
				textOf(entry.description),
			]),
			squashed: '',
		};
		const further = costIn(searched.rest, alternatives);
		if (further === undefined) return undefined;
		total += OUTSIDE_NAME_COST + further;
	}
	return total;
}

/** 0 for an exact word, more for the start or a part of one, undefined for none. */
function costIn(haystack: Haystack, alternatives: string[]): number | undefined {
	if (alternatives.some((word) => haystack.words.has(word))) return 0;
	let isInside = false;
	for (const word of alternatives) {
		for (const form of haystack.words) {
			if (isStart(form, word)) return 1;
			isInside ||= word.length >= MIN_SUBSTRING_LENGTH && !isNumber(word) && form.includes(word);
		}
		isInside ||= word.length >= MIN_COMPACT_LENGTH && !isNumber(word) && haystack.squashed.includes(word);
	}
	return isInside ? 2 : undefined;
}

/** "2" is the start of 2.5 and 2b, but not of 27. */
function isStart(form: string, word: string): boolean {
	if (!form.startsWith(word)) return false;
	return word.length > 1 || !isNumber(word) || !/^\d/.test(form.slice(word.length));
}

function isNumber(word: string): boolean {
	return /^[\d.]+$/.test(word);
}

function formsIn(texts: string[]): Set<string> {
	return new Set([...new Set(texts.flatMap(wordsOf))].flatMap(formsOf));
}

function categoriesOf({ categories }: CatalogEntry): string[] {
	return Array.isArray(categories) ? categories.slice(0, MAX_CATEGORIES).map(textOf) : [];
}

/** The service may send anything instead of a text. */
function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}
