/** Rewrites what is between the strings of a JSON document. */
export function rewriteBetweenTexts(json: string, rewrite: (gap: string) => string): string {
	const parts: string[] = [];
	for (let at = 0; at < json.length;) {
		const quote = json.indexOf('"', at);
		const from = quote === -1 ? json.length : quote;
		const end = quote === -1 ? json.length : endOfText(json, quote);
		parts.push(rewrite(json.slice(at, from)), json.slice(from, end));
		at = end;
	}
	return parts.join('');
}

/** The index after the closing quote of the string that opens at `quote`. */
function endOfText(json: string, quote: number): number {
	for (let end = json.indexOf('"', quote + 1); end !== -1; end = json.indexOf('"', end + 1)) {
		let backslashes = 0;
		while (json[end - 1 - backslashes] === '\\') backslashes += 1;
		if (backslashes % 2 === 0) return end + 1;
	}
	return json.length;
}
