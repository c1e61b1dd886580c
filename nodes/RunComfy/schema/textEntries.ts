/** More entries than any model accepts; a text with more lines is not split further. */
export const MAX_ENTRIES = 100_000;

/**
 * The entries of a list that was written as text: one per line, or URLs separated by commas. One more than the maximum
 * if there are too many.
 */
export function linesOf(text: string): string[] {
	const found: string[] = [];
	for (const line of text.includes('\n') ? severalLines(text) : [text]) {
		const entry = line.trim();
		if (entry !== '') for (const url of urlsOf(entry)) found.push(url);
		if (found.length > MAX_ENTRIES) break;
	}
	return found;
}

function* severalLines(text: string): Generator<string> {
	for (const [line] of text.matchAll(/[^\n]+/g)) yield line;
}

const IS_URL = /^(?:https?:\/\/|data:)/i;

/** A URL may contain commas itself, so only commas before another URL count. */
function urlsOf(line: string): string[] {
	if (!IS_URL.test(line)) return [line];
	const found: string[] = [];
	const separator = /,\s{0,100}(?=https?:\/\/|data:)/gi;
	for (let start = 0; start < line.length && found.length <= MAX_ENTRIES;) {
		const comma = line.indexOf(',', contentStart(line, start));
		separator.lastIndex = comma;
		const match = comma === -1 ? null : separator.exec(line);
		found.push(line.slice(start, match?.index).trim());
		start = match ? separator.lastIndex : line.length;
	}
	return found;
}

/** The content of a data URI starts after its first comma. */
function contentStart(line: string, start: number): number {
	return /^data:/i.test(line.slice(start, start + 5)) ? line.indexOf(',', start) + 1 || line.length : start;
}
