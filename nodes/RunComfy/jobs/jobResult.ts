import { normaliseStatus } from '../api/status';
import type { JobRef } from '../shared/job';

/** What the result says about the request. Only this decides whether it succeeded. */
export type ResultStatus = 'succeeded' | 'failed' | 'cancelled' | 'in_queue' | 'in_progress';

/**
 * Reads the status of a result. A finished result may lack it; then its content decides.
 *
 * @returns undefined when it has neither a status, an output nor an error
 */
export function resultStatus(result: Record<string, unknown>): ResultStatus | undefined {
	if (typeof result.status !== 'string' || result.status === '') {
		if (hasValue(result.error)) return 'failed';
		return hasValue(result.output) ? 'succeeded' : undefined;
	}
	const status = normaliseStatus(result.status);
	switch (status) {
		case 'completed':
			// RunComfy's clients take "completed" as success, but one with an error and no output isn't.
			return hasValue(result.error) && !hasValue(result.output) ? 'failed' : 'succeeded';
		case 'failed':
			return 'failed';
		case 'cancelled':
			return 'cancelled';
		case 'in_queue':
			return 'in_queue';
		default:
			// An unknown status counts as unfinished, as it does for the status endpoint.
			return 'in_progress';
	}
}

/** The charge in USD, when RunComfy sent one. */
export function costOf(result: Record<string, unknown>): number | undefined {
	const cost = typeof result.cost === 'string' && result.cost.trim() !== '' ? Number(result.cost) : result.cost;
	return typeof cost === 'number' && Number.isFinite(cost) ? cost : undefined;
}

/** Adds to a job that is known by its ID alone what it runs, when the result says so. */
export function withTarget(job: JobRef, result: Record<string, unknown>): JobRef {
	const sentId = job.family === 'model' ? result.model_id : result.deployment_id;
	return job.targetId === undefined && typeof sentId === 'string' && sentId !== ''
		? { ...job, targetId: sentId }
		: job;
}

/** Whether a result has an output. It may be marked as succeeded a moment before its output is there (seen elsewhere). */
export function hasOutput({ output }: Record<string, unknown>): boolean {
	return typeof output === 'object' && output !== null ? Object.values(output).some(hasValue) : hasValue(output);
}

function hasValue(value: unknown): boolean {
	return value !== null && value !== undefined && value !== '';
}
