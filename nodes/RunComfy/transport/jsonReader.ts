import { isInexactInteger } from '../shared/longIntegers';
import { NON_FINITE_WORDS } from './responseJson';

/** What may come next. */
type Expected = 'value' | 'valueOrEnd' | 'keyOrEnd' | 'key' | 'colon' | 'commaOrEnd' | 'nothing';

type Container = { isList: true; list: unknown[] } | { isList: false; object: Record<string, unknown>; key: string };

/** Longer tokens are invalid, except strings. Characters. */
const MAX_TOKEN = 1_000;
/** More values would fill n8n's memory. */
const MAX_VALUES = 2_000_000;
/** Deeper nesting is refused. */
const MAX_DEPTH = 2_000;

/** The words that may stand for a value. */
const WORDS: Record<string, unknown> = {
	true: true,
	false: false,
	null: null,
	...Object.fromEntries(NON_FINITE_WORDS.map((word) => [word, null])),
};
const NUMBER = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * Reads a JSON document that comes in pieces, so that a large one neither blocks n8n nor exists as one text. It reads
 * JSON as the world writes it, like `parseAnswerJson`: NaN becomes null, whole numbers that JavaScript would round
 * become texts.
 */
export class JsonReader {
	private readonly stack: Container[] = [];

	private expected: Expected = 'value';

	private result: unknown;

	private values = 0;

	/** The beginning of an incomplete token. */
	private rest = '';

	/** The pieces of an incomplete string. */
	private textPieces: string[] | undefined;

	/** @throws SyntaxError */
	push(piece: string): void {
		this.read(this.rest + piece, false);
	}

	/** @throws SyntaxError when the document is incomplete */
	end(): unknown {
		this.read(`${this.rest} `, true);
		if (this.expected !== 'nothing' || this.textPieces) throw new SyntaxError('the JSON ends too early');
		return this.result;
	}

	private read(text: string, isLast: boolean): void {
		this.rest = '';
		let at = 0;
		while (at < text.length) {
			if (this.textPieces) at = this.readText(text, at);
			else {
				const character = text.charAt(at);
				if (/\s/.test(character)) at += 1;
				else if (character === '"') {
					this.textPieces = [];
					at += 1;
				} else if ('{}[]:,'.includes(character)) {
					this.readMark(character);
					at += 1;
				} else {
					const end = endOfToken(text, at);
					if (end === text.length && !isLast) {
						this.rest = text.slice(at);
						if (this.rest.length > MAX_TOKEN) throw new SyntaxError('a token is too long');
						return;
					}
					this.add(valueOfToken(text.slice(at, end)));
					at = end;
				}
			}
		}
	}

	/** @returns the index after what was read */
	private readText(text: string, from: number): number {
		for (let quote = text.indexOf('"', from); quote !== -1; quote = text.indexOf('"', quote + 1)) {
			if (countBackslashes(text, quote, from) % 2 === 1) continue;
			const pieces = [...(this.textPieces ?? []), text.slice(from, quote)];
			this.textPieces = undefined;
			const raw = pieces.join('');
			const value = /[\\\u0000-\u001f]/.test(raw) ? String(JSON.parse(`"${raw}"`)) : raw;
			if (this.expected === 'key' || this.expected === 'keyOrEnd') this.setKey(value);
			else this.add(value);
			return quote + 1;
		}
		// A backslash at the end escapes the next character.
		const backslashes = countBackslashes(text, text.length, from);
		this.textPieces?.push(text.slice(from, text.length - backslashes));
		this.rest = text.slice(text.length - backslashes);
		return text.length;
	}

	private readMark(mark: string): void {
		const top = this.stack.at(-1);
		if (mark === '{' || mark === '[') {
			this.requireValue();
			if (this.stack.length >= MAX_DEPTH) throw new SyntaxError('the JSON is nested too deep');
			this.stack.push(mark === '[' ? { isList: true, list: [] } : { isList: false, object: {}, key: '' });
			this.expected = mark === '[' ? 'valueOrEnd' : 'keyOrEnd';
		} else if (mark === ':' && this.expected === 'colon') this.expected = 'value';
		else if (mark === ',' && this.expected === 'commaOrEnd' && top) this.expected = top.isList ? 'value' : 'key';
		else if (
			mark === ']' &&
			top?.isList === true &&
			(this.expected === 'valueOrEnd' || this.expected === 'commaOrEnd')
		)
			this.close(top.list);
		else if (
			mark === '}' &&
			top?.isList === false &&
			(this.expected === 'keyOrEnd' || this.expected === 'commaOrEnd')
		)
			this.close(top.object);
		else throw new SyntaxError(`"${mark}" is not expected`);
	}

	private close(value: unknown): void {
		this.stack.pop();
		this.expected = 'value';
		this.add(value);
	}

	private setKey(key: string): void {
		const top = this.stack.at(-1);
		if (top?.isList === false) top.key = key;
		this.expected = 'colon';
	}

	private add(value: unknown): void {
		this.requireValue();
		this.values += 1;
		if (this.values > MAX_VALUES) throw new SyntaxError('the JSON holds too many values');
		const top = this.stack.at(-1);
		if (top === undefined) this.result = value;
		else if (top.isList) top.list.push(value);
		// Otherwise this key would set the prototype.
		else if (top.key === '__proto__')
			Object.defineProperty(top.object, top.key, { value, enumerable: true, configurable: true, writable: true });
		else top.object[top.key] = value;
		this.expected = top === undefined ? 'nothing' : 'commaOrEnd';
	}

	private requireValue(): void {
		if (this.expected !== 'value' && this.expected !== 'valueOrEnd')
			throw new SyntaxError('a value is not expected');
	}
}

function countBackslashes(text: string, end: number, from: number): number {
	let count = 0;
	while (end - 1 - count >= from && text[end - 1 - count] === '\\') count += 1;
	return count;
}

const DELIMITER = /[\s,\]}:"{[]/g;

function endOfToken(text: string, from: number): number {
	DELIMITER.lastIndex = from;
	return DELIMITER.exec(text)?.index ?? text.length;
}

function valueOfToken(token: string): unknown {
	if (Object.hasOwn(WORDS, token)) return WORDS[token];
	if (!NUMBER.test(token)) throw new SyntaxError(`"${token.slice(0, 20)}" is no value`);
	return isInexactInteger(token) ? token : Number(token);
}
