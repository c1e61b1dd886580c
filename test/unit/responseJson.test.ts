import { parseResponseJson } from '../../nodes/RunComfy/transport/responseJson';

describe('the JSON of a response', () => {
	it.each<[string, unknown]>([
		['{"a":1,"b":[true,null,"x"]}', { a: 1, b: [true, null, 'x'] }],
		['\ufeff{"a":1}', { a: 1 }],
		['{"score":NaN,"max":Infinity,"min":-Infinity}', { score: null, max: null, min: null }],
		['[NaN,"NaN","Infinity is near: NaN"]', [null, 'NaN', 'Infinity is near: NaN']],
		['{"request_id":1234567890123456789}', { request_id: '1234567890123456789' }],
		[
			'{"seed":18446744073709551615,"n":-9007199254740993}',
			{ seed: '18446744073709551615', n: '-9007199254740993' },
		],
		[
			'{"seed":9007199254740991,"pi":3.14159265358979323846,"big":1e30}',
			{ seed: 9007199254740991, pi: Math.PI, big: 1e30 },
		],
		['{"text":"id 1234567890123456789","q":"a \\" NaN \\\\"}', { text: 'id 1234567890123456789', q: 'a " NaN \\' }],
		['{"\\"NaN\\\\":NaN}', { '"NaN\\': null }],
		['{"a":', undefined],
		['', undefined],
		['<html>1234567890123456789 NaN</html>', undefined],
		['"never closed 1234567890123456789', undefined],
	])('%s', (text, value) => expect(parseResponseJson(text)).toEqual(value));

	it('takes a text of megabytes between two unusual numbers', () => {
		const long = '\\"x'.repeat(2_000_000);
		expect(parseResponseJson(`{"a":NaN,"b":"${long}","c":12345678901234567890}`)).toMatchObject({
			a: null,
			c: '12345678901234567890',
		});
	});
});
