import { listArgument, median } from '../bench/figures';

describe('the median', () => {
	it.each([
		[[3, 1, 2], 2],
		[[10, 9, 1, 2], 5.5],
		[[7], 7],
		[[], NaN],
	])('of %j is %d', (values, expected) => {
		expect(median(values)).toBe(expected);
	});

	it('does not reorder what it was given', () => {
		const values = [3, 1, 2];
		median(values);
		expect(values).toEqual([3, 1, 2]);
	});
});

describe('an argument with numbers', () => {
	const read = (...argv: string[]) => listArgument('--seconds', [2], argv);

	it('is a list, or what the bench has without it', () => {
		expect(read('--seconds', '2,7.3')).toEqual([2, 7.3]);
		expect(read('--times', '1')).toEqual([2]);
	});

	it.each([[['--seconds']], [['--seconds', 'a']], [['--seconds', '0']], [['--seconds', '-1,2']]])(
		'is refused in %j',
		(argv) => {
			expect(() => read(...argv)).toThrow('--seconds needs numbers above 0');
		},
	);
});
