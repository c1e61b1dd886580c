import type { JobRef } from '../shared/job';
import { progressLog, type ProgressLog } from './progressLog';
import type { Run } from './run';

/** One item of a run: its parameters, its signal and its log lines. What all items share stays in the run. */
export class ItemContext {
	/** Follows the run's: Node warns when many calls listen to one signal, so each item has its own. */
	readonly signal: AbortSignal;

	constructor(
		readonly run: Run,
		readonly index: number,
	) {
		this.signal = AbortSignal.any([run.signal]);
	}

	/**
	 * A parameter of the node, with its expressions resolved for this item.
	 *
	 * @throws what n8n throws when an expression cannot be resolved
	 */
	parameter(name: string, fallback?: unknown): unknown {
		return this.run.context.getNodeParameter(name, this.index, fallback);
	}

	/** The Options of the node, resolved for this item. */
	get options(): Record<string, unknown> {
		return this.parameter('options', {}) as Record<string, unknown>;
	}

	/** The log lines about a job of this item. */
	logOf(job: JobRef): ProgressLog {
		return progressLog(this.run, this.index, job);
	}
}
