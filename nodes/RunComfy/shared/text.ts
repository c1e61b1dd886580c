/**
 * Takes from a text what a browser would read as markup: n8n shows descriptions and hints as HTML, and messages as text.
 * The angle brackets become ones that look alike, so the text reads the same in both.
 */
export function withoutMarkup(text: string): string {
	return text.replace(/</g, '‹').replace(/>/g, '›');
}

/** Cuts a text, with an ellipsis in the place of what is gone. No more is read of it than is kept. */
export function truncate(text: string, longest: number): string {
	// A character is one or two units of a text.
	const characters = [...text.slice(0, 2 * longest + 2)];
	return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text;
}

/** Blanks and characters that nobody sees, such as a zero-width space, a byte order mark or an empty Braille cell. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** A text with more invisible characters before the first visible one is not looked through. */
const MAX_BLANK_LENGTH = 1_000_000;

/** Whether there is nothing to be seen in a text. */
export function isBlank(text: string): boolean {
	// Most texts begin with a letter or a sign that is seen.
	const first = text.charCodeAt(0);
	return !(first > 0x20 && first < 0x7f) && text.length <= MAX_BLANK_LENGTH && !VISIBLE.test(text);
}
