/** More entries than any model takes: a text with more lines is not divided further. */
export const MOST_ENTRIES = 1_000_000;

/** The entries of a list that was written as a text: one a line, or addresses with commas between them. One too many, where there are too many. */
export function linesOf(text: string): string[] {
	const found: string[] = [];
	for (const [line] of text.matchAll(/[^\n]+/g)) {
		const entry = line.trim();
		if (entry !== '') for (const address of addressesOf(entry)) found.push(address);
		if (found.length > MOST_ENTRIES) break;
	}
	return found;
}

const IS_ADDRESS = /^\s*(?:https?:\/\/|data:)/i;

/** How far behind a comma the next address may begin. */
const LONGEST_GAP = 100;

/** An address may hold commas itself, so that only those count behind which another address begins. */
function addressesOf(line: string): string[] {
	if (!IS_ADDRESS.test(line)) return [line];
	const found: string[] = [];
	let start = 0;
	// What stands behind the first comma of a data URI is its content.
	const contentOf = (from: number) => (/^\s*data:/i.test(line.slice(from, from + LONGEST_GAP)) ? line.indexOf(',', from) + 1 || line.length : from);
	for (let comma = line.indexOf(',', contentOf(0)); comma !== -1; comma = line.indexOf(',', contentOf(comma + 1))) {
		if (!IS_ADDRESS.test(line.slice(comma + 1, comma + 1 + LONGEST_GAP))) continue;
		found.push(line.slice(start, comma).trim());
		start = comma + 1;
		if (found.length > MOST_ENTRIES) break;
	}
	return [...found, line.slice(start).trim()];
}
