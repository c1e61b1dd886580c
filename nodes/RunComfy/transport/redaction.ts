/** Anything shorter is a typing error rather than a token, and blanking it out would corrupt responses. */
const MIN_TOKEN_LENGTH = 6;

const MARK = '[token]';
const HTML_NAMES: Record<string, string> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' };
/** Base64 packs three bytes into four characters, so the same bytes look different at each of three offsets. */
const ALIGNMENTS = [0, 1, 2];

/**
 * Creates a function that removes a token from external texts, however it is written: as it is, percent-encoded (once
 * or more), as HTML entities, with JSON and JavaScript escapes, and in Base64, alone or inside a header.
 */
export function tokenRedactor(token: string, mark = MARK): (text: string) => string {
	if (token.length < MIN_TOKEN_LENGTH) return (text) => text;
	const anySpelling = new RegExp([...token].map(spellingsOf).join(''), 'g');
	const literals = [token, ...ALIGNMENTS.flatMap((alignment) => base64Forms(token, alignment))];
	return (text) => {
		let redacted = text;
		for (const literal of literals) if (redacted.includes(literal)) redacted = redacted.replaceAll(literal, mark);
		// Slow, and for nothing where no character can begin another spelling.
		return /[%&\\]/.test(redacted) ? redacted.replace(anySpelling, mark) : redacted;
	};
}

/** A pattern for one character in any spelling. */
function spellingsOf(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	const hex = anyCase(code.toString(16));
	const bytes = [...Buffer.from(character)].map(
		(byte) => `%(?:25){0,4}${anyCase(byte.toString(16).padStart(2, '0'))}`,
	);
	const name = HTML_NAMES[character];
	const entities = [`#0{0,8}${code}`, `#[xX]0{0,8}${hex}`, ...(name ? [name] : [])];
	const escapes = [`u\\{?0{0,8}${hex}\\}?`, `x${hex}`];
	return `(?:\\\\{0,8}${escapeRegExp(character)}|${bytes.join('')}|&(?:amp;){0,4}(?:${entities.join('|')});?|\\\\{1,8}(?:${escapes.join('|')}))`;
}

/** The Base64 characters that depend on these bytes alone, in both alphabets and as escaped in URLs and JSON. */
function base64Forms(token: string, alignment: number): string[] {
	const bytes = Buffer.concat([Buffer.alloc(alignment), Buffer.from(token)]);
	const first = Math.ceil((alignment * 8) / 6);
	const last = Math.floor((bytes.length * 8) / 6);
	const standard = bytes.toString('base64').slice(first, last);
	const urlSafe = standard.replaceAll('+', '-').replaceAll('/', '_');
	const percent = standard.replaceAll('+', '%2B').replaceAll('/', '%2F');
	return [
		...new Set([
			standard,
			urlSafe,
			percent,
			percent.replace(/%2[BF]/g, (code) => code.toLowerCase()),
			standard.replaceAll('/', '\\/'),
		]),
	];
}

function anyCase(hex: string): string {
	return hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`);
}

function escapeRegExp(text: string): string {
	return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
