import type { IExecuteFunctions } from 'n8n-workflow';

import type { JobStatus } from '../api/jobApi';
import type { JobRef } from '../shared/job';
import { sizeText } from '../shared/units';
import type { CancelOutcome } from './activeJobs';
import type { Run } from './run';

/** The log lines about one job. */
export type ProgressLog = ReturnType<typeof progressLog>;

/** Logs the progress of a job, one info line per change, so that a paid request can be found again. */
export function progressLog(run: Run, itemIndex: number, { requestId, family, targetId }: JobRef) {
	let last = '';
	const write = (text: string, facts: Record<string, unknown> = {}) =>
		writeLog(run.context, 'info', `RunComfy request ${requestId}: ${text}`, { requestId, itemIndex, ...facts });
	return {
		accepted: () => write(`accepted by ${targetId ?? 'RunComfy'}`, { [`${family}Id`]: targetId }),
		status({ status, queuePosition }: JobStatus) {
			const text =
				status === 'in_queue' && queuePosition !== undefined ? `in_queue, position ${queuePosition}` : status;
			if (text === last) return;
			last = text;
			write(
				status === 'in_progress'
					? `${text}, seen running since ${new Date(run.clock.date()).toISOString()}`
					: text,
			);
		},
		submittingAgain: (number: number, max: number) =>
			write(`failed without a charge, submitting again (${number} of ${max})`),
		downloading: (number: number, count: number, bytes: number | undefined) =>
			write(`downloading file ${number} of ${count}${bytes === undefined ? '' : ` (${sizeText(bytes)})`}`),
		cancelSent: (outcome: CancelOutcome) =>
			write(
				`cancel sent because the run ended, ${outcome === 'unknown' ? 'outcome unknown: it may still be running' : outcome}`,
			),
	};
}

/** After Stop, n8n shows nothing that the node reports: this line is where a person finds what was left. */
export function logLeftRunning(context: IExecuteFunctions, requestIds: string[]): void {
	if (requestIds.length === 0) return;
	writeLog(
		context,
		'warn',
		`RunComfy: the execution was stopped. These requests weren't cancelled and may still run, which is charged: ${requestIds.join(', ')}. Find them with Get Many of Model Request, and fetch them for free with Wait or Get Result.`,
		{ requestIds },
	);
}

/** Logs a line that names the node and the execution. A failing log must not fail a paid request. */
export function writeLog(
	context: IExecuteFunctions,
	level: 'info' | 'warn',
	message: string,
	facts: Record<string, unknown>,
): void {
	try {
		context.logger[level](message, {
			nodeName: context.getNode().name,
			workflowId: context.getWorkflow().id,
			executionId: context.getExecutionId(),
			...facts,
		});
	} catch {
		// There is nowhere left to report it.
	}
}
