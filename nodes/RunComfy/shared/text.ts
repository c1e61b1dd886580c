/**
 * Takes from a text what a browser would read as markup: n8n shows descriptions and hints as HTML, and messages as text.
 * The angle brackets become ones that look alike, so the text reads the same in both.
 */
export function withoutMarkup(text: string): string {
	return text.replace(/</g, '‹').replace(/>/g, '›');
}

/** Cuts a text, with an ellipsis in the place of what is gone. */
export function cut(text: string, longest: number): string {
	const characters = [...text];
	return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text;
}
