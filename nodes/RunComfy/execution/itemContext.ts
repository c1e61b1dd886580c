import type { IBinaryKeyData, IExecuteFunctions } from 'n8n-workflow';

import type { JobApi } from '../api/jobApi';
import type { Clock } from '../shared/clock';
import type { JobRef } from '../shared/job';
import type { ApiTransport } from '../transport/apiTransport';
import { progressLog, type ProgressLog } from './progressLog';
import type { Run } from './run';

/**
 * One item of a run, with all that an operation needs for it. Only the steps that track requests (submit, wait) reach
 * for the run itself.
 */
export class ItemContext {
	/** Follows the run's signal. Each item has its own because Node warns when many calls listen to the same one. */
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
		return this.n8n.getNodeParameter(name, this.index, fallback);
	}

	/** The Options of the node, resolved for this item. */
	get options(): Record<string, unknown> {
		return this.parameter('options', {}) as Record<string, unknown>;
	}

	/** The files of the input item, by the name of their binary field. */
	get binaries(): IBinaryKeyData {
		return this.n8n.getInputData()[this.index]?.binary ?? {};
	}

	/** n8n's functions for this run of the node. */
	get n8n(): IExecuteFunctions {
		return this.run.context;
	}

	get transport(): ApiTransport {
		return this.run.transport;
	}

	/** Status, result and cancel of jobs of any API family. */
	get jobs(): JobApi {
		return this.run.jobs;
	}

	get clock(): Clock {
		return this.run.clock;
	}

	/** Whether an AI agent runs the node: it gets no files and should not wait long. */
	get isTool(): boolean {
		return this.run.isTool;
	}

	/** Shows warnings on the finished run, each text once. */
	showWarnings(warnings: string[]): void {
		for (const warning of warnings) this.run.hint(warning);
	}

	/** Runs a transfer when few enough others of the run are active. @throws what the transfer throws */
	async limitTransfers<T>(transfer: () => Promise<T>): Promise<T> {
		return await this.run.downloads.run(transfer);
	}

	/** The log lines about a job of this item. */
	logOf(job: JobRef): ProgressLog {
		return progressLog(this.run, this.index, job);
	}
}
