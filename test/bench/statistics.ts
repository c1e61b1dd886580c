/** The middle value; of an even number of values, the mean of the two in the middle. NaN when there are none. */
export function median(values: number[]): number {
	const sorted = [...values].sort((one, other) => one - other);
	const middle = (sorted.length - 1) / 2;
	return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}

/** NaN when there are no values. */
export function mean(values: number[]): number {
	return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The most events that fall into any window of that length. @param times in any order, in the unit of the window */
export function mostWithin(window: number, times: number[]): number {
	const sorted = [...times].sort((one, other) => one - other);
	let first = 0;
	let most = 0;
	for (const [index, time] of sorted.entries()) {
		while (time - (sorted[first] ?? time) >= window) first++;
		most = Math.max(most, index - first + 1);
	}
	return most;
}
