import { normaliseStatus } from '../api/status';
import type { JobRef } from '../shared/job';

/** What the result says about the request. Success is decided here and nowhere else. */
export type ResultStatus = 'succeeded' | 'failed' | 'cancelled' | 'in_queue' | 'in_progress';

/**
 * Reads the status of a result. A finished result may lack the word, and then its content tells.
 *
 * @returns undefined when it holds neither a status nor an output nor an error
 */
export function resultStatus(result: Record<string, unknown>): ResultStatus | undefined {
	if (typeof result.status !== 'string' || result.status === '') {
		if (hasValue(result.error)) return 'failed';
		return hasValue(result.output) ? 'succeeded' : undefined;
	}
	const status = normaliseStatus(result.status);
	switch (status) {
		case 'completed':
			// RunComfy's clients take "completed" as success; one that carries an error and no output is none.
			return hasValue(result.error) && !hasValue(result.output) ? 'failed' : 'succeeded';
		case 'failed':
			return 'failed';
		case 'cancelled':
			return 'cancelled';
		case 'in_queue':
			return 'in_queue';
		default:
			// A word that RunComfy may yet invent counts as unfinished, as it does for the status.
			return 'in_progress';
	}
}

/** The bill in USD, when RunComfy sent one. */
export function costOf(result: Record<string, unknown>): number | undefined {
	const cost = typeof result.cost === 'string' && result.cost.trim() !== '' ? Number(result.cost) : result.cost;
	return typeof cost === 'number' && Number.isFinite(cost) ? cost : undefined;
}

/** A job that was named by its id alone learns from a result what it runs, where RunComfy tells. */
export function withTarget(job: JobRef, result: Record<string, unknown>): JobRef {
	const sentId = job.family === 'model' ? result.model_id : result.deployment_id;
	return job.targetId === undefined && typeof sentId === 'string' && sentId !== ''
		? { ...job, targetId: sentId }
		: job;
}

/** Whether a result says what was generated. It may be marked as succeeded a moment before its output is there (seen elsewhere). */
export function hasOutput({ output }: Record<string, unknown>): boolean {
	return typeof output === 'object' && output !== null ? Object.values(output).some(hasValue) : hasValue(output);
}

function hasValue(value: unknown): boolean {
	return value !== null && value !== undefined && value !== '';
}
