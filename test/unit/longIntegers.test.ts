import { isInexactInteger, replaceInexactIntegers } from '../../nodes/RunComfy/shared/longIntegers';

describe('isInexactInteger', () => {
	it.each([
		['9007199254740991', false],
		['9007199254740993', true],
		['-9007199254740993', true],
		['+9007199254740993', true],
		['123456789012345', false],
		['1234567890123456.5', false],
		['1e20', false],
		['', false],
	])('%s: %s', (digits, isInexact) => expect(isInexactInteger(digits)).toBe(isInexact));
});

describe('replaceInexactIntegers', () => {
	const replaced = (json: string) => replaceInexactIntegers(json, (digits) => `<${digits}>`);

	it.each([
		[':[9007199254740993,-9007199254740993,1]', ':[<9007199254740993>,<-9007199254740993>,1]'],
		[':0.9007199254740993', ':0.9007199254740993'],
		[':9007199254740993.5', ':9007199254740993.5'],
		[':9007199254740993e2', ':9007199254740993e2'],
		[':1000000000000000', ':1000000000000000'],
	])('%s becomes %s', (json, expected) => expect(replaced(json)).toBe(expected));
});
