import { normaliseStatus } from '../api/status';
import type { JobRef } from '../shared/job';
import { isJsonObject } from '../shared/json';

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
		return hasValue(outputOf(result)) ? 'succeeded' : undefined;
	}
	const status = normaliseStatus(result.status);
	switch (status) {
		case 'completed':
			// RunComfy's clients take "completed" as success; one that carries an error and no output is none.
			return hasValue(result.error) && !hasOutput(result) ? 'failed' : 'succeeded';
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

/** What was generated: `output` of models and LoRA deployments, `outputs` by node and channel of ComfyUI workflows (documented). */
export function outputOf({ output, outputs }: Record<string, unknown>): unknown {
	return outputs ?? output;
}

/** Whether a result says what was generated. It may be marked as succeeded a moment before its output is there (seen elsewhere). */
export function hasOutput(result: Record<string, unknown>): boolean {
	const output = outputOf(result);
	if (result.outputs === undefined || result.outputs === null) return hasContent(output);
	// A node that ComfyUI had cached may be listed with channels that hold nothing.
	return isJsonObject(output) ? Object.values(output).some(hasEntries) : hasContent(output);
}

function hasContent(output: unknown): boolean {
	return typeof output === 'object' && output !== null ? Object.values(output).some(hasValue) : hasValue(output);
}

/** Whether a node's channels hold anything. */
function hasEntries(channels: unknown): boolean {
	if (!isJsonObject(channels)) return Array.isArray(channels) ? channels.length > 0 : hasValue(channels);
	return Object.values(channels).some((entries) => (Array.isArray(entries) ? entries.length > 0 : hasValue(entries)));
}

function hasValue(value: unknown): boolean {
	return value !== null && value !== undefined && value !== '';
}
