/** The value in the middle; of an even number of values the mean of the two. NaN for none. */
export function median(values: readonly number[]): number {
	const sorted = [...values].sort((one, other) => one - other);
	const middle = Math.floor(sorted.length / 2);
	if (sorted.length % 2 === 1) return sorted[middle] ?? NaN;
	return ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2;
}

/** Reads `--name 1,2.5` from the arguments of the process. @throws Error when it holds anything but positive numbers */
export function listArgument(name: string, otherwise: number[], argv: readonly string[] = process.argv): number[] {
	const at = argv.indexOf(name);
	if (at < 0) return otherwise;
	const numbers = (argv[at + 1] ?? '').split(',').map(Number);
	if (numbers.some((number) => !(number > 0 && Number.isFinite(number))))
		throw new Error(`${name} needs numbers above 0, such as "${name} 1,5". It is "${argv[at + 1] ?? ''}".`);
	return numbers;
}
