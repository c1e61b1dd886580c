import type { Choice } from './modelInputs';
import { numberOf } from './numberText';

/** The choices of an input, by what may be written for them. Several may be written alike but for the letter case. */
interface ChoiceIndex {
	longest: number;
	numbers: Set<number>;
	texts: Map<string, Choice[]>;
	letters: Map<string, Choice[]>;
}

const indexes = new WeakMap<Choice[], ChoiceIndex>();

/** The choice that a text means: the same number, the same text, or the same letters in another case. */
export function choiceMeant(choices: Choice[], given: string): Choice | undefined {
	const { longest, numbers, texts, letters } = indexOf(choices);
	// Blanks around it do not count, and nothing that is longer is one of the choices.
	const text = given.length <= 2 * longest + MOST_BLANKS ? given.trim() : given;
	const number = numberOf(text);
	if (typeof number === 'number' && numbers.has(number)) return number;
	if (text.length > 2 * longest) return undefined;
	return [texts.get(text), letters.get(text.toLowerCase())].find((candidates) => candidates?.length === 1)?.[0];
}

const MOST_BLANKS = 1_000;

function indexOf(choices: Choice[]): ChoiceIndex {
	const known = indexes.get(choices);
	if (known) return known;
	const index: ChoiceIndex = { longest: 0, numbers: new Set(), texts: new Map(), letters: new Map() };
	for (const choice of choices) {
		const text = String(choice);
		index.longest = Math.max(index.longest, text.length);
		if (typeof choice === 'number') index.numbers.add(choice);
		else add(index.texts, text, choice);
		add(index.letters, text.toLowerCase(), choice);
	}
	indexes.set(choices, index);
	return index;
}

function add(map: Map<string, Choice[]>, key: string, choice: Choice): void {
	const known = map.get(key);
	if (known) known.push(choice);
	else map.set(key, [choice]);
}
