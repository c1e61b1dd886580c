import type { Choice } from './modelInputs';
import { numberOf } from './numberText';

/** The choices of an input, by how they may be written. Several may differ only in case. */
interface ChoiceIndex {
	all: Set<unknown>;
	longest: number;
	/** Null when several choices are written like this. */
	texts: Map<string, Choice | null>;
	letters: Map<string, Choice | null>;
}

const indexes = new WeakMap<Choice[], ChoiceIndex>();

export function isChoice(choices: Choice[], value: unknown): value is Choice {
	return indexOf(choices).all.has(value);
}

/** The choice that a text means: the same number, the same text, or the same text in another case. */
export function matchChoice(choices: Choice[], given: string): Choice | undefined {
	const { all, longest, texts, letters } = indexOf(choices);
	// Surrounding blanks are ignored; nothing longer can be one of the choices.
	const text = given.length <= 2 * longest + MAX_BLANKS ? given.trim() : given;
	const number = numberOf(text);
	if (typeof number === 'number' && all.has(number)) return number;
	if (text.length > 2 * longest) return undefined;
	return texts.get(text) ?? letters.get(text.toLowerCase()) ?? undefined;
}

const MAX_BLANKS = 1_000;

function indexOf(choices: Choice[]): ChoiceIndex {
	const known = indexes.get(choices);
	if (known) return known;
	const index: ChoiceIndex = { all: new Set(choices), longest: 0, texts: new Map(), letters: new Map() };
	for (const choice of choices) {
		const text = String(choice);
		index.longest = Math.max(index.longest, text.length);
		if (typeof choice !== 'number') add(index.texts, text, choice);
		add(index.letters, text.toLowerCase(), choice);
	}
	indexes.set(choices, index);
	return index;
}

function add(map: Map<string, Choice | null>, key: string, choice: Choice): void {
	map.set(key, map.has(key) ? null : choice);
}
