/** The statuses of the contract. RunComfy documents all of them but `failed` for the status endpoint. */
export const STATUSES = ['in_queue', 'in_progress', 'completed', 'cancelled', 'failed'] as const;

/** One of the contract's statuses, or a word that RunComfy may yet invent: that one passes through. */
export type NormalStatus = (typeof STATUSES)[number] | (string & {});

/** Other words for the same states, which RunComfy's own clients accept. */
const SYNONYMS: Record<string, (typeof STATUSES)[number]> = {
	queued: 'in_queue',
	pending: 'in_queue',
	waiting: 'in_queue',
	starting: 'in_progress',
	running: 'in_progress',
	processing: 'in_progress',
	succeeded: 'completed',
	success: 'completed',
	canceled: 'cancelled',
	error: 'failed',
};

/** Normalises a status word; the case does not count. */
export function normaliseStatus(word: string): NormalStatus {
	const lower = word.trim().toLowerCase();
	if (isKnownStatus(lower)) return lower;
	return Object.hasOwn(SYNONYMS, lower) ? (SYNONYMS[lower] ?? word) : word;
}

/** Whether a word is one of the contract's. What any other one means, the result has to tell. */
export function isKnownStatus(status: NormalStatus): boolean {
	return (STATUSES as readonly string[]).includes(status);
}

/** Whether nothing more will happen to the request. An unknown word counts as unfinished. */
export function isFinished(status: NormalStatus): boolean {
	return status === 'completed' || status === 'cancelled' || status === 'failed';
}
