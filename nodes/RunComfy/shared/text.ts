/**
 * Removes what a browser would read as markup: n8n shows descriptions and hints as HTML, but messages as text. Angle
 * brackets become similar-looking ones, so the text reads the same in both.
 */
export function withoutMarkup(text: string): string {
	return text.replace(/</g, '‹').replace(/>/g, '›');
}

/** Truncates a text and adds an ellipsis. Only what is kept of it is read. */
export function truncate(text: string, longest: number): string {
	// A character takes one or two code units.
	const characters = [...text.slice(0, 2 * longest + 2)];
	return characters.length > longest ? `${characters.slice(0, longest).join('')}…` : text;
}

/** Matches a visible character. Zero-width spaces, byte order marks and empty Braille cells, for example, are invisible. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Longer texts are not searched for a visible character. */
const MAX_BLANK_LENGTH = 1_000_000;

/** Whether a text has no visible characters. */
export function isBlank(text: string): boolean {
	// Most texts begin with a visible ASCII character.
	const first = text.charCodeAt(0);
	return !(first > 0x20 && first < 0x7f) && text.length <= MAX_BLANK_LENGTH && !VISIBLE.test(text);
}
