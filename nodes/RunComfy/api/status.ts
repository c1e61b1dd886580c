/** The statuses of the contract. RunComfy documents all of them but `failed` for the status endpoint. */
export const STATUSES = ['in_queue', 'in_progress', 'completed', 'cancelled', 'failed'] as const;

/** One of the contract's statuses, or an unknown word, which passes through. */
export type NormalStatus = (typeof STATUSES)[number] | (string & {});

/** Other words for the same statuses, which RunComfy's own clients accept. */
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

/** Normalizes a status, ignoring case. */
export function normaliseStatus(word: string): NormalStatus {
	const lower = word.trim().toLowerCase();
	if (isKnownStatus(lower)) return lower;
	return Object.hasOwn(SYNONYMS, lower) ? (SYNONYMS[lower] ?? word) : word;
}

/** Whether a status is one of the contract's. For any other one, the result must decide. */
export function isKnownStatus(status: NormalStatus): boolean {
	return (STATUSES as readonly string[]).includes(status);
}

/** Whether the request has ended. An unknown status counts as unfinished. */
export function isFinished(status: NormalStatus): boolean {
	return status === 'completed' || status === 'cancelled' || status === 'failed';
}
