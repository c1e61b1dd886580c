/** More names, or longer ones, are not compared. */
const MAX_NAMES = 2_000;
const MAX_LENGTH = 60;
/** So many pairs of letters are compared at once, in some milliseconds. */
const MAX_STEPS = 100_000;

/**
 * The names that are written most like a given one, the nearest first. Its work is bounded, whatever is given.
 *
 * @param count how many to return at most
 */
export function nearestNames(given: string, names: Iterable<string>, count: number): string[] {
	const word = comparable(given);
	const scored: Array<{ name: string; distance: number }> = [];
	let steps = 0;
	for (const name of names) {
		if (scored.length >= MAX_NAMES || steps > MAX_STEPS) break;
		const other = comparable(name);
		steps += word.length * other.length;
		scored.push({ name, distance: distanceOf(word, other) });
	}
	return scored
		.sort((a, b) => a.distance - b.distance)
		.slice(0, count)
		.map(({ name }) => name);
}

/** The one name that was probably meant; undefined where none is written alike. */
export function meantName(given: string, names: Iterable<string>): string | undefined {
	const [nearest] = nearestNames(given, names, 1);
	if (nearest === undefined) return undefined;
	const [word, other] = [comparable(given), comparable(nearest)];
	const isAlike = distanceOf(word, other) <= Math.max(1, Math.floor(other.length / 3));
	return isAlike || (word.length > 2 && (other.includes(word) || word.includes(other))) ? nearest : undefined;
}

/** How many letters of two names differ, whatever their case; only their first letters are compared. */
export function spellingDistance(one: string, other: string): number {
	return distanceOf(comparable(one), comparable(other));
}

function comparable(name: string): string {
	return name.slice(0, MAX_LENGTH).toLowerCase();
}

/** How many letters must be changed, added or removed (the Levenshtein distance). */
function distanceOf(one: string, other: string): number {
	let row = Uint8Array.from({ length: other.length + 1 }, (_, index) => index);
	let next = new Uint8Array(row.length);
	for (let at = 1; at <= one.length; at += 1) {
		const letter = one.charCodeAt(at - 1);
		let left = at;
		next[0] = left;
		for (let to = 1; to < row.length; to += 1) {
			const replaced = (row[to - 1] ?? 0) + (letter === other.charCodeAt(to - 1) ? 0 : 1);
			left = Math.min(replaced, (row[to] ?? 0) + 1, left + 1);
			next[to] = left;
		}
		[row, next] = [next, row];
	}
	return row[other.length] ?? 0;
}
