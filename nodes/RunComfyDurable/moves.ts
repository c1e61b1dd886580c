import type { Entry } from './durableStore';

/*
 * Where items go in a run of the node, so that the run can be repeated: under Retry On Fail with Continue On Fail, n8n runs a
 * node again whose first item is a failure, and drops what the node returned before.
 */

/** Moves an item out of the node. @param run `<execution ID>/<run index>` */
export function moveItem(entry: Entry, run: string, to: Pick<Entry, 'place' | 'sentInRun' | 'resumeAt'>): void {
	const { place, sentInRun, resumeAt } = entry;
	if (entry.before?.run !== run) entry.before = { run, place, sentInRun, resumeAt };
	Object.assign(entry, to);
}

/** Takes back what an earlier try of the same run of the node moved: nobody got those items. */
export function undoMoves(entries: Iterable<Entry>, run: string): void {
	for (const entry of entries) {
		if (entry.before?.run !== run) continue;
		const { place, sentInRun, resumeAt } = entry.before;
		Object.assign(entry, { place, sentInRun, resumeAt });
		delete entry.before;
	}
}
