import { rewriteBetweenTexts } from './betweenTexts';
import { isJsonObject, parseJson } from './json';
import { mayContainLongInteger, replaceInexactIntegers } from './longIntegers';

/** No number that anyone means has more digits; JavaScript reads one of more as infinite. */
const MAX_DIGITS = 400;

/** Marks the digits of a long number while a document is parsed. */
const MARK = '\u0000';

/**
 * Parses JSON; undefined when it is invalid. Whole numbers that JavaScript would round become bigints, so that no digit
 * is lost unnoticed.
 */
export function parseExactJson(text: string): unknown {
	const value = parseJson(text);
	if (value === undefined || !mayContainLongInteger(text)) return value;
	const marked = rewriteBetweenTexts(text, (gap) =>
		replaceInexactIntegers(gap, (digits) => (digits.length > MAX_DIGITS ? digits : `"\\u0000${digits}"`)),
	);
	const root: unknown[] = [JSON.parse(marked)];
	restoreIntegers(root);
	return root[0];
}

/** Makes bigints of marked texts, in place. A reviver of JSON.parse would overflow the stack, and takes three times as long. */
function restoreIntegers(root: unknown[]): void {
	const waiting: Array<Record<string | number, unknown>> = [root as never];
	for (let holder = waiting.pop(); holder !== undefined; holder = waiting.pop()) {
		for (const name of Object.keys(holder)) {
			const entry = holder[name];
			if (typeof entry === 'object' && entry !== null) waiting.push(entry as Record<string, unknown>);
			else if (typeof entry === 'string' && entry.startsWith(MARK) && /^\0-?\d+$/.test(entry))
				holder[name] = BigInt(entry.slice(MARK.length));
		}
	}
}

/** Whether JSON writes the number with the same digits, as it does for 10 to the power of 18. */
export function isWrittenExactly(value: bigint): boolean {
	return String(Number(value)) === String(value);
}

/** No body has more values, and a circular value would never end. */
const MAX_VALUES = 10_000_000;

/** All bigints in a value. */
export function bigintsIn(value: unknown): bigint[] {
	const found: bigint[] = [];
	const waiting: object[] = [];
	const visit = (part: unknown) => {
		if (typeof part === 'bigint') found.push(part);
		else if (typeof part === 'object' && part !== null && !ArrayBuffer.isView(part)) waiting.push(part);
	};
	visit(value);
	for (
		let count = 0, next = waiting.pop();
		next !== undefined && count < MAX_VALUES;
		count += 1, next = waiting.pop()
	) {
		if (Array.isArray(next)) next.forEach(visit);
		else Object.values(next).forEach(visit);
	}
	return found;
}

/** The value without bigints, which JSON doesn't have: those that a number would change become texts. */
export function withoutBigints(value: unknown): unknown {
	if (typeof value === 'bigint') return isWrittenExactly(value) ? Number(value) : String(value);
	if (Array.isArray(value)) return value.map(withoutBigints);
	if (!isJsonObject(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withoutBigints(entry)]));
}
