import { plainText, reasonText, serverText } from '../../nodes/RunComfy/failures/serverText';

describe('serverText', () => {
	it.each([
		[{ error_code: 1, error_message: 'a', detail: 'b' }, 'a; b'],
		[{ message: 'a' }, 'a'],
		[{ error: 'a' }, 'a'],
		[{ error: { message: 'a' } }, 'a'],
		[{ detail: ['a', { loc: ['body', 'seed', 0], msg: 'b' }] }, 'a; seed.0: b'],
		['plain', 'plain'],
		['<!DOCTYPE html><p>no', undefined],
		[{}, undefined],
		[null, undefined],
		[12, undefined],
	])('of %j is %s', (body, text) => expect(serverText(body)).toBe(text));
});

describe('plainText', () => {
	it('leaves nothing that a browser takes for markup', () => {
		expect(plainText('<img src=x onerror=alert(1)>\n  a < b')).toBe('‹img src=x onerror=alert(1)› a ‹ b');
	});

	it('is bounded', () => expect(plainText('x'.repeat(1000))).toHaveLength(401));
});

describe('reasonText', () => {
	it.each([
		['no', 'no'],
		[{ message: 'no' }, 'no'],
		[{ code: 5 }, '{"code":5}'],
		[null, undefined],
		['', undefined],
		[false, 'false'],
	])('of %j is %s', (reason, text) => expect(reasonText(reason)).toBe(text));
});
