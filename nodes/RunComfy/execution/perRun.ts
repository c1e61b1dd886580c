import type { ItemContext } from './itemContext';
import type { Run } from './run';

/**
 * Creates a value once per run, when the first item asks for it: a cache that all items share, for example. This keeps
 * what only some operations need out of `Run`.
 *
 * @param create gets the run; what it throws is thrown to the item that asked, and the next one tries again
 */
export function perRun<T>(create: (run: Run) => T): (item: ItemContext) => T {
	const created = new WeakMap<Run, { value: T }>();
	return ({ run }) => {
		const known = created.get(run) ?? { value: create(run) };
		created.set(run, known);
		return known.value;
	};
}
