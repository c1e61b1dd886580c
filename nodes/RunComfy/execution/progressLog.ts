import type { RequestStatus } from '../api/requests';
import { sizeText } from '../shared/units';
import type { Run } from './run';

/** Writes a request's way into n8n's log, one info line a change, so that a paid request can be found again. */
export function progressLog(run: Run, itemIndex: number, requestId: string) {
	let last = '';
	const write = (text: string, facts: Record<string, unknown> = {}) => {
		run.context.logger.info(`RunComfy request ${requestId}: ${text}`, {
			requestId,
			itemIndex,
			nodeName: run.context.getNode().name,
			workflowId: run.context.getWorkflow().id,
			executionId: run.context.getExecutionId(),
			...facts,
		});
	};
	return {
		accepted: (modelId: string) => write(`accepted by ${modelId}`, { modelId }),
		status({ status, queuePosition }: RequestStatus) {
			const text =
				status === 'in_queue' && queuePosition !== undefined ? `in_queue, position ${queuePosition}` : status;
			if (text === last) return;
			last = text;
			write(status === 'in_progress' ? `${text}, seen running since ${new Date(run.clock.now()).toISOString()}` : text);
		},
		downloading: (number: number, count: number, bytes: number | undefined) =>
			write(`downloading file ${number} of ${count}${bytes === undefined ? '' : ` (${sizeText(bytes)})`}`),
		cancelSent: (outcome: string) => write(`cancel sent because the run ended, ${outcome}`),
	};
}
