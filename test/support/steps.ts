/** More steps than anything takes that tests look at. */
const MAX_STEPS = 1_000_000;

/**
 * Goes through work that is done in steps.
 *
 * @returns its result, and how many steps came before it
 * @throws Error where the steps have no end
 */
export function counted<T>(steps: Generator<unknown, T>): { result: T; count: number } {
	for (let count = 0; count < MAX_STEPS; count++) {
		const { value, done } = steps.next();
		if (done) return { result: value, count };
	}
	throw new Error(`It is not done after ${MAX_STEPS} steps`);
}

/** The result alone. @throws Error where the steps have no end */
export function resultOf<T>(steps: Generator<unknown, T>): T {
	return counted(steps).result;
}
