import { isInexactInteger } from '../shared/longIntegers';

const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

/** Longer texts are not numbers. Characters. */
const MAX_NUMBER_LENGTH = 400;

/** The number that a text represents; a bigint if a JavaScript number couldn't hold all its digits. */
export function numberOf(given: string): number | bigint | undefined {
	const text = given.length <= 2 * MAX_NUMBER_LENGTH ? given.trim() : given;
	if (text.length > MAX_NUMBER_LENGTH || !NUMBER.test(text)) return undefined;
	return isInexactInteger(text) ? BigInt(text.replace('+', '')) : Number(text);
}
