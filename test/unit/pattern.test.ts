import { compilePattern } from '../../nodes/RunComfy/schema/pattern';
import { describeModelInputs } from '../../nodes/RunComfy/schema/modelInputs';
import { buildRequestBody } from '../../nodes/RunComfy/schema/requestBody';

const matches = (pattern: string, text: string) => compilePattern(pattern)?.(text);

describe('a pattern', () => {
	it.each([
		['^#[0-9a-fA-F]{6}$', '#00ffAA', '#00ffA'],
		['^\\d{4}-\\d{2}-\\d{2}$', '2024-01-02', '2024-1-2'],
		['^(\\d+)x(\\d+)$', '1024x768', '1024'],
		['^(1:1|16:9|9:16)$', '16:9', '4:3'],
		['^[a-z]+(,[a-z]+)*$', 'cat,dog', 'cat,,dog'],
		['^\\d+(\\.\\d+)*$', '1.20.3', '1..2'],
		['^(?!\\s*$).+', 'a', ' '],
		['^https?://[^\\s]+\\.(png|jpe?g)$', 'https://a.example/b.jpg', 'https://a.example/b.gif'],
		['^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$', 'a@b.example', 'a@b'],
		['^\\p{L}[\\p{L}\\u0020]{0,40}$', 'größe', '1'],
		['^(?<name>[a-z]\\w*)=\\k<name>$', 'a=a', 'a=b'],
	])('%s takes %j and not %j', (pattern, good, bad) => {
		expect(matches(pattern, good)).toBe(true);
		expect(matches(pattern, bad)).toBe(false);
	});

	/* Each of these would run for years. */
	it.each([
		['^([a-zA-Z0-9]+\\s?)*$', `${'a'.repeat(60)}!`],
		['^(a|a)*$', `${'a'.repeat(60)}!`],
		['^(a|aa)+$', `${'a'.repeat(200)}!`],
		['^(.*a){30}$', `${'a'.repeat(200)}!`],
		['^(a?){60}a{60}$', 'a'.repeat(59)],
		['^(,[a-z]*[a-z]*)*$', `${',aaaaaa'.repeat(60)}!`],
		['^(\\.|.+,?)*$', `${'.'.repeat(60)}!\n`],
		['^(?:(?:a+b?)+c?)+$', `${'a'.repeat(60)}!`],
		['a*a*a*a*a*a*b', 'a'.repeat(5_000)],
		['^.*.*=.*.*;$', 'a='.repeat(5_000)],
		['^(\\w+)\\1*\\1*\\1*$', `${'a'.repeat(5_000)}!`],
	])('%s is left alone where it could take long', (pattern, text) => {
		expect(matches(pattern, text)).toBeUndefined();
	});

	it('is run on a text that is short enough for it', () => {
		expect(matches('^.*.*=.*;$', 'a=b;')).toBe(true);
		expect(matches('^[a-z]+$', 'a'.repeat(500_000))).toBe(true);
		expect(matches('^[a-z]+$', 'a'.repeat(5_000_000))).toBeUndefined();
	});

	it.each(['(', '(?i)a', '[z-a]', '\\Z'])('%s is none', (pattern) => expect(compilePattern(pattern)).toBeUndefined());

	it('that was not run is reported as a warning, and refuses nothing', () => {
		const inputs = describeModelInputs({ properties: { tags: { type: 'string', pattern: '^([a-z]+\\s?)*$' } } })!;
		const { problems, warnings } = buildRequestBody(inputs, {
			values: { tags: `${'a'.repeat(60)}!` },
			source: 'fields',
		});
		expect(problems).toEqual([]);
		expect(warnings).toEqual(["The pattern of Tags wasn't checked because that could take too long."]);
	});
});
