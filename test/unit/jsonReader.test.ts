import { parseResponseJson } from '../../nodes/RunComfy/transport/responseJson';
import { JsonReader } from '../../nodes/RunComfy/transport/jsonReader';
import { numbers } from '../support/numbers';

/** Reads a text in pieces of so many characters. */
function read(text: string, size: number): unknown {
	const reader = new JsonReader();
	for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
	return reader.end();
}

const DOCUMENTS = [
	'{}',
	'[]',
	' [1, -2.5, 3e5, 0.1E-2, true, false, null] ',
	'"text"',
	'12',
	'{"a":{"b":[{"c":"d"},[],{}]},"e":""}',
	'["\\u00e9\\n\\"quoted\\" \\\\", "\\\\", "a\\\\\\"b", "\u{1f600}"]',
	'{"a": NaN, "b": [Infinity, -Infinity], "c": "NaN, Infinity"}',
	'{"seed": 18446744073709551615, "id": -12345678901234567890, "safe": 9007199254740991, "float": 1234567890123456.5}',
	'{"__proto__": {"x": 1}, "constructor": 2}',
	`{"long": "${'x'.repeat(5_000)}"}`,
];

describe('JsonReader', () => {
	it.each(DOCUMENTS)('reads the same as all at once: %.60s', (text) => {
		const whole = parseResponseJson(text);
		expect(whole).toBeDefined();
		for (const size of [1, 2, 3, 7, 64, 100_000]) expect(read(text, size)).toEqual(whole);
	});

	it('reads random documents in random pieces', () => {
		const random = numbers(7);
		const make = (depth: number): unknown => {
			const kind = Math.floor(random() * (depth > 4 ? 4 : 6));
			if (kind === 0) return random() * 1e6;
			if (kind === 1) return ['', 'a"b', '\\', '\n\t', 'é\u{1f600}', '\\"'][Math.floor(random() * 6)];
			if (kind === 2) return random() < 0.5;
			if (kind === 3) return null;
			const entries = Array.from({ length: Math.floor(random() * 4) }, () => make(depth + 1));
			return kind === 4 ? entries : Object.fromEntries(entries.map((entry, index) => [`k"${index}`, entry]));
		};
		for (let document = 0; document < 300; document++) {
			const value = make(0);
			expect(read(JSON.stringify(value, null, document % 3), 1 + Math.floor(random() * 9))).toEqual(value);
		}
	});

	it.each([
		'',
		'{',
		'[1,',
		'{"a"}',
		'{"a":}',
		'[1 2]',
		'{"a":1,}',
		'[1,]',
		']',
		'{]',
		'"open',
		'nul',
		'01x',
		'<html>',
		'[1]]',
		'{} {}',
		'"a" "b"',
		'{a:1}',
		`${'['.repeat(3_000)}`,
	])('refuses what is no JSON: %.20s', (text) => {
		for (const size of [1, 3, 10_000]) expect(() => read(text, size)).toThrow(SyntaxError);
	});
});
