import { tokenRedactor } from '../../nodes/RunComfy/transport/redaction';

const TOKEN = 'sk+Run/42=é&"x"_y-z';
const base64 = (text: string) => Buffer.from(text).toString('base64');
const perCharacter = (spell: (code: number) => string) =>
	[...TOKEN].map((character) => spell(character.codePointAt(0) ?? 0)).join('');

describe('the token in a response', () => {
	it.each([
		['as it is', TOKEN],
		['percent-encoded', encodeURIComponent(TOKEN)],
		[
			'percent-encoded in small letters',
			encodeURIComponent(TOKEN).toLowerCase().replace('sk', 'sk').replace('run', 'Run'),
		],
		['percent-encoded twice', encodeURIComponent(encodeURIComponent(TOKEN))],
		['with HTML names', TOKEN.replaceAll('&', '&amp;').replaceAll('"', '&quot;')],
		['with HTML numbers', perCharacter((code) => `&#${code};`)],
		['with HTML numbers in hexadecimal digits', perCharacter((code) => `&#x${code.toString(16).toUpperCase()};`)],
		['with the escapes of JSON', perCharacter((code) => `\\u${code.toString(16).padStart(4, '0')}`)],
		['with escaped slashes and quotes', JSON.stringify(TOKEN).slice(1, -1).replaceAll('/', '\\/')],
		['in base64', base64(TOKEN)],
		['in base64 without padding', base64(TOKEN).replace(/=+$/, '')],
		['in the base64 of its header', base64(`Bearer ${TOKEN}`)],
		['in the base64 of a line before it', base64(`Authorization: Bearer ${TOKEN}\r\n`)],
		['in the base64 of URLs', Buffer.from(`x${TOKEN}`).toString('base64url')],
	])('is blanked out: %s', (_how, spelling) => {
		const redacted = tokenRedactor(TOKEN)(`{"message":"a ${spelling} b"}`);

		expect(redacted).toContain('[token]');
		expect(redacted).not.toContain(spelling);
		expect(redacted.startsWith('{"message":"a ')).toBe(true);
		expect(redacted.endsWith(' b"}')).toBe(true);
	});

	it('leaves other texts as they are', () => {
		const text = '{"a":"100 % &amp; \\u00e9 c2stYW55","b":[1,2]}';
		expect(tokenRedactor(TOKEN)(text)).toBe(text);
	});

	it('is left alone when it is too short to be one', () => expect(tokenRedactor('a')('banana')).toBe('banana'));
});
