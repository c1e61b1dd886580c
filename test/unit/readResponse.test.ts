import { Readable } from 'node:stream';

import { systemClock } from '../../nodes/RunComfy/shared/clock';
import { readResponse } from '../../nodes/RunComfy/transport/readResponse';
import { tokenRedactor } from '../../nodes/RunComfy/transport/redaction';

const TOKEN = 'secret-token-0123456789';
const MAX_BYTES = 32 * 1024 * 1024;

/** Reads a body that comes in pieces of so many bytes. */
async function read(text: string, size = 16_384, maxBytes = MAX_BYTES) {
	const bytes = Buffer.from(text);
	const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
		bytes.subarray(index * size, (index + 1) * size),
	);
	return await readResponse({
		body: Readable.from(pieces),
		redact: tokenRedactor(TOKEN),
		clock: systemClock,
		maxBytes,
	});
}

describe('readResponse', () => {
	it('reads a short response whole', async () => {
		expect(await read('{"a":1}')).toEqual({ text: '{"a":1}', json: { a: 1 } });
	});

	it('reads a file in a result, which is one long text', async () => {
		const image = `data:image/png;base64,${'QUJD'.repeat(2_000_000)}`;
		expect((await read(JSON.stringify({ output: { image }, end: true }))).json).toEqual({
			output: { image },
			end: true,
		});
	});

	it('blanks the token out wherever the pieces are cut', async () => {
		for (let offset = 0; offset < 40; offset++) {
			const before = 'x'.repeat(16_384 * 40 - offset);
			const { json } = await read(
				JSON.stringify({
					before,
					text: `${TOKEN} and ${encodeURIComponent(TOKEN)}`,
					after: 'y'.repeat(100_000),
				}),
			);
			expect((json as { text: string }).text).toBe('[token] and [token]');
		}
		const long = await read(JSON.stringify({ long: `${'x'.repeat(700_000)}${TOKEN}${'x'.repeat(700_000)}` }));
		expect(JSON.stringify(long.json)).not.toContain(TOKEN);
	});

	it('keeps no half of a token where it keeps the beginning alone', async () => {
		for (const before of ['<!doctype html>', '{"a":"']) {
			for (let offset = 1; offset < TOKEN.length; offset++) {
				const { text } = await read(
					`${before}${'x'.repeat(65_536 - before.length - offset)}${TOKEN}${'x'.repeat(700_000)}`,
				);
				expect(text.endsWith(TOKEN.slice(0, offset))).toBe(false);
			}
		}
	});

	it('keeps whole characters wherever the pieces are cut', async () => {
		const text = '\u{1f600}é'.repeat(200_000);
		expect((await read(JSON.stringify([text]), 1_001)).json).toEqual([text]);
	});

	it.each([
		['a web page', `<!doctype html>${'<p>no</p>'.repeat(200_000)}`],
		['what is cut', JSON.stringify({ a: 'x'.repeat(1_000_000) }).slice(0, -5)],
		['what holds too many values', `[${'{},'.repeat(2_500_000)}{}]`],
	])('takes %s for no JSON, and keeps its beginning for a message', async (_what, body) => {
		const { text, json } = await read(body, 65_536);

		expect(json).toBeUndefined();
		expect(body.startsWith(text)).toBe(true);
		expect(text.length).toBeLessThan(100_000);
	});

	it('stops reading at the maximum length of a response', async () => {
		expect((await read(JSON.stringify({ a: 'x'.repeat(3_000_000) }), 65_536, 2_000_000)).json).toBeUndefined();
	});

	it('keeps what had come when the connection breaks off', async () => {
		const body = Readable.from(
			(function* () {
				yield Buffer.from('{"request_id":"r1","status":');
				throw new Error('aborted');
			})(),
		);
		await expect(
			readResponse({ body, redact: (text) => text, clock: systemClock, maxBytes: MAX_BYTES }),
		).rejects.toMatchObject({ message: 'aborted', partialText: '{"request_id":"r1","status":' });
	});
});

describe('a redactor', () => {
	it.each(['\\', '%', '%25', '&', '&amp;', '\\u000'])('goes through a long run of %s in one pass', (part) => {
		const text = part.repeat(Math.ceil(300_000 / part.length));
		expect(tokenRedactor(TOKEN)(text)).toBe(text);
	});
});
