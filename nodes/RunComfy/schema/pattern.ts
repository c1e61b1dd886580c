/** Whether a text matches a pattern; undefined when that could take too long. */
export type Pattern = (text: string) => boolean | undefined;

/**
 * How many ways of matching may be tried: a tenth of a second of work. A running regular expression can't be
 * interrupted.
 */
const MAX_WAYS = 100_000_000;

/** Longer texts are not matched, even if there is only one way to match: it would take too long. */
const MAX_TEXT_LENGTH = 1_000_000;

/** Compiles a pattern; undefined when its source is invalid. */
export function compilePattern(source: string): Pattern | undefined {
	try {
		const expression = new RegExp(source, 'u');
		const ways = waysOf(source);
		return (text) =>
			text.length <= MAX_TEXT_LENGTH && ways(text.length) <= MAX_WAYS ? expression.test(text) : undefined;
	} catch {
		return undefined;
	}
}

/** An upper bound for the ways to match a text of some length. */
type Ways = (length: number) => number;

/** A part of a pattern. */
interface Part {
	ways: Ways;
	/** The source of the single character that it matches or repeats, such as `a`, `\d` or `[a-z]`. */
	character?: string;
	isRepeated?: boolean;
	/** For a group without alternatives: its parts. */
	parts?: Part[];
}

const ONE: Ways = () => 1;

/**
 * An upper bound, from the pattern alone: each repetition may end anywhere, so their counts are multiplied, and a
 * repeated group is raised to the power of its repetitions.
 */
function waysOf(source: string): Ways {
	const reader = new PatternReader(source);
	const { ways } = reader.alternatives();
	// A pattern that isn't anchored at the start is tried at every position.
	return source.startsWith('^') && reader.topLevelForms === 1 ? ways : (length) => ways(length) * (length + 1);
}

/** Parses a pattern that is known to be valid. */
class PatternReader {
	topLevelForms = 0;
	private at = 0;

	constructor(private readonly source: string) {}

	/** Parses up to the end of the pattern, or of the current group. */
	alternatives(isTop = true): Part {
		const forms: Part[][] = [[]];
		while (this.at < this.source.length && this.source[this.at] !== ')') {
			if (this.source[this.at] === '|') {
				this.at += 1;
				forms.push([]);
			} else forms.at(-1)?.push(this.quantified(this.one()));
		}
		if (isTop) this.topLevelForms = forms.length;
		const perForm = forms.map((parts) => product(parts.map(({ ways }) => ways)));
		const [only] = forms;
		return forms.length === 1
			? { ways: perForm[0] ?? ONE, parts: only }
			: { ways: startDifferently(forms) ? largest(perForm) : sum(perForm) };
	}

	/** A character, a class, a group, or an assertion. */
	private one(): Part {
		const start = this.at;
		this.at += 1;
		switch (this.source[start]) {
			case '(':
				return this.group();
			case '[':
				while (this.source[this.at] !== ']') this.at += this.source[this.at] === '\\' ? 2 : 1;
				this.at += 1;
				break;
			case '\\':
				return this.escape(start);
			case '^':
			case '$':
				return { ways: ONE };
			default:
				break;
		}
		return { ways: ONE, character: this.source.slice(start, this.at) };
	}

	private group(): Part {
		const opening = /^\?(?::|<?[=!]|<[^>]*>)/.exec(this.source.slice(this.at, this.at + 200))?.[0] ?? '';
		this.at += opening.length;
		const inner = this.alternatives(false);
		this.at += 1;
		return inner;
	}

	private escape(start: number): Part {
		const rest = this.source.slice(start, start + 80);
		const text = /^\\(?:u\{[^}]*\}|u.{4}|x..|c.|[pP]\{[^}]*\}|k<[^>]*>|\d+|.)/su.exec(rest)?.[0] ?? rest;
		this.at = start + text.length;
		if (/^\\[bB]$/.test(text)) return { ways: ONE };
		// A back-reference may match a long text.
		if (/^\\(?:k<|[1-9])/.test(text)) return { ways: (length) => length + 1 };
		return { ways: ONE, character: text };
	}

	private quantified(part: Part): Part {
		const [text, least, comma, most] =
			/^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(this.source.slice(this.at, this.at + 40)) ?? [];
		if (text === undefined) return part;
		this.at += text.length;
		const min = least === undefined ? (text.startsWith('+') ? 1 : 0) : Number(least);
		const max = text.startsWith('?')
			? 1
			: most
				? Number(most)
				: least !== undefined && comma === ''
					? min
					: Infinity;
		return { ways: repeated(part, min, max), character: part.character, isRepeated: true };
	}
}

function repeated(part: Part, min: number, max: number): Ways {
	const ends: Ways = (length) => Math.max(1, Math.min(max, length) - min + 1);
	if (part.character !== undefined || hasClearStart(part.parts)) return ends;
	return (length) => ends(length) * part.ways(length) ** Math.min(max, length);
}

/**
 * Whether a repeated group, such as `(,[a-z]+)*`, begins with a character that nothing else in it matches, and contains
 * only one repetition: then each text can be divided in only one way.
 */
function hasClearStart(parts: Part[] | undefined): boolean {
	const [first, ...others] = parts ?? [];
	const letter = first?.isRepeated === true ? undefined : literalOf(first?.character);
	if (letter === undefined || others.filter(({ isRepeated }) => isRepeated).length > 1) return false;
	return others.every(({ character }) => character !== undefined && !takes(character, letter));
}

/** The literal character that a pattern part matches, if it matches just one. */
function literalOf(character: string | undefined): string | undefined {
	const letter = character?.replace(/^\\(?=[^\w\s])/, '');
	return letter !== undefined && (character !== letter || letter !== '.') && [...letter].length === 1
		? letter
		: undefined;
}

function takes(character: string, letter: string): boolean {
	return new RegExp(`^${character}$`, 'su').test(letter);
}

/** Whether alternatives differ in their first character. */
function startDifferently(forms: Part[][]): boolean {
	const letters = forms.map(([first]) => (first?.isRepeated === true ? undefined : literalOf(first?.character)));
	return letters.every((letter) => letter !== undefined) && new Set(letters).size === letters.length;
}

function product(parts: Ways[]): Ways {
	return (length) => parts.reduce((ways, part) => ways * part(length), 1);
}

function sum(parts: Ways[]): Ways {
	return (length) => parts.reduce((ways, part) => ways + part(length), 0);
}

function largest(parts: Ways[]): Ways {
	return (length) => Math.max(...parts.map((part) => part(length)));
}
