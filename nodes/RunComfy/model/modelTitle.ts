import type { CatalogEntry } from '../api/model/catalog';
import { truncate } from '../shared/text';

/** How RunComfy's names abbreviate what goes in and what comes out, as in I2V (seen in its catalog). */
const LETTERS: Record<string, string> = {
	A: 'Audio',
	I: 'Image',
	M: 'Music',
	R: 'Reference',
	S: 'Speech',
	T: 'Text',
	V: 'Video',
};
const SHORT_TASK = /\b([TIVARS])2([IVASMT])\b/i;
const LONG_TASK = /\b(text|image|video|audio|speech|reference)[ -]to[ -](image|video|audio|speech|music|text)\b/i;
/** A segment of an ID, as in `flux-3/first-last-frame-to-video/draft`. */
const TASK_SEGMENT = /^[a-z]+(?:-[a-z]+)*-to-[a-z]+$/i;

/** The list cuts off what is longer. Characters. */
const MAX_NAME_LENGTH = 60;
const MAX_TASK_LENGTH = 30;
const MAX_UNIT_LENGTH = 20;
/** How much of a text is read, because the catalog is external. Characters. */
const MAX_READ = 200;

/** What a person chooses a model by. Parts that RunComfy doesn't tell are empty. */
export interface ModelTitle {
	/** Without the task, such as "Kling 3.0 Pro". */
	name: string;
	/** Such as "Image to Video". */
	task: string;
	/** The base price, such as "from $0.05/s"; resolution, sound and duration raise the charge (seen in RunComfy's own client). */
	price: string;
}

/** Reads the name, task and price of a model from its catalog entry, whose fields may be missing or of any type. */
export function modelTitle(entry: CatalogEntry): ModelTitle {
	const full = textOf(entry.display_name).replace(/\s+/g, ' ').trim() || entry.model_id;
	const inName = full === entry.model_id ? undefined : taskInName(full);
	const name = inName ? full.replace(inName.text, ' ').replace(/\s+/g, ' ').trim() : full;
	return {
		name: truncate(name || full, MAX_NAME_LENGTH),
		task: name === '' ? '' : (inName?.task ?? otherTask(entry)),
		price: priceOf(entry),
	};
}

/** One line of the list: "Kling 3.0 Pro · Image to Video · from $0.05/s". */
export function titleLine({ name, task, price }: ModelTitle): string {
	return [name, task, price].filter((part) => part !== '').join(' · ');
}

function taskInName(name: string): { text: string; task: string } | undefined {
	const [short, from = '', to = ''] = SHORT_TASK.exec(name) ?? [];
	if (short !== undefined)
		return { text: short, task: `${LETTERS[from.toUpperCase()]} to ${LETTERS[to.toUpperCase()]}` };
	const [long] = LONG_TASK.exec(name) ?? [];
	return long === undefined ? undefined : { text: long, task: inTitleCase(long) };
}

/** The ID tells more than the category: "reference-to-video" is "edit-video" there. */
function otherTask({ model_id: id, categories }: CatalogEntry): string {
	const segment = textOf(id)
		.split('/')
		.find((part) => TASK_SEGMENT.test(part));
	const [category] = Array.isArray(categories) ? categories.map(textOf).filter(Boolean) : [];
	return truncate(inTitleCase(segment ?? category ?? ''), MAX_TASK_LENGTH);
}

function inTitleCase(words: string): string {
	return words
		.toLowerCase()
		.split(/[\s_-]+/)
		.map((word) => (word === 'to' ? word : word.charAt(0).toUpperCase() + word.slice(1)))
		.join(' ');
}

function priceOf({ base_price_usd: price, price_unit: unit }: CatalogEntry): string {
	if (typeof price !== 'number' || !Number.isFinite(price)) return '';
	const word = textOf(unit)
		.trim()
		.replace(/^(per\b|\/)\s*/i, '')
		.replace(/^sec(ond)?s?$/i, 's');
	return `from $${Number(price.toPrecision(4))}${word === '' ? '' : `/${truncate(word, MAX_UNIT_LENGTH)}`}`;
}

function textOf(value: unknown): string {
	return typeof value === 'string' ? value.slice(0, MAX_READ) : '';
}
