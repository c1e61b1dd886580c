/** Whole numbers with fewer digits are always exact in JavaScript. */
const MIN_LONG_DIGITS = 16;

/** One that stands between the texts of a JSON document, and is not part of a fraction or an exponent. */
const LONG_INTEGER = new RegExp(`(?<![\\d.eE+-])-?\\d{${MIN_LONG_DIGITS},}(?![\\d.eE])`, 'g');
const MAY_CONTAIN_LONG_INTEGER = new RegExp(`\\d{${MIN_LONG_DIGITS}}`);

/** Whether a text is worth searching for long integers. */
export function mayContainLongInteger(text: string): boolean {
	return MAY_CONTAIN_LONG_INTEGER.test(text);
}

/** Whether a whole number, written in decimal digits, would be another one as a number of JavaScript. */
export function isInexactInteger(digits: string): boolean {
	return digits.length >= MIN_LONG_DIGITS && /^[+-]?\d+$/.test(digits) && !Number.isSafeInteger(Number(digits));
}

/**
 * Rewrites the whole numbers of a piece of JSON that JavaScript would round.
 *
 * @param json what stands between the texts of a document
 * @param rewrite gets the digits with their sign
 */
export function replaceInexactIntegers(json: string, rewrite: (digits: string) => string): string {
	return json.replace(LONG_INTEGER, (digits) => (isInexactInteger(digits) ? rewrite(digits) : digits));
}
