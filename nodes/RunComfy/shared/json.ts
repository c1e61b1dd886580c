/** Parses JSON; undefined when it is invalid. */
export function parseJson(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** Narrows to a JSON object. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Writes a value as JSON; what JSON can't express becomes a word. */
export function jsonText(value: unknown): string {
	try {
		return JSON.stringify(value) ?? String(value);
	} catch {
		return 'unreadable';
	}
}

/** Values nested deeper are not compared: it would overflow the stack. */
const MAX_DEPTH = 500;

/** Whether two values are equal as JSON, whatever the order of their keys. */
export function isSameJson(one: unknown, other: unknown, depth = 0): boolean {
	if (depth > MAX_DEPTH) return false;
	if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return one === other;
	if (Array.isArray(one) || Array.isArray(other)) {
		return (
			Array.isArray(one) &&
			Array.isArray(other) &&
			one.length === other.length &&
			one.every((entry, index) => isSameJson(entry, other[index], depth + 1))
		);
	}
	const names = Object.keys(one);
	if (names.length !== Object.keys(other).length || !isJsonObject(one) || !isJsonObject(other)) return false;
	return names.every((name) => Object.hasOwn(other, name) && isSameJson(one[name], other[name], depth + 1));
}

/** A text that is the same for equal values, whatever the order of their keys. */
export function jsonKey(value: unknown): string {
	const sorted = (_name: string, entry: unknown): unknown =>
		isJsonObject(entry)
			? Object.fromEntries(
					Object.keys(entry)
						.sort()
						.map((name) => [name, entry[name]]),
				)
			: typeof entry === 'bigint'
				? `${entry}n`
				: entry;
	try {
		return JSON.stringify(value, sorted) ?? String(value);
	} catch {
		return jsonText(value);
	}
}
