import { submitRequest, type AcceptedRequest } from '../../api/requests';
import { progressLog, writeLog } from '../../execution/progressLog';
import type { Run } from '../../execution/run';
import { ExecutionStopped, internalFailure, isUnforeseen, rethrow, RunComfyFailure } from '../../shared/failure';
import { readModelId } from '../shared/modelField';
import { prepareInput } from './prepareInput';

/** A submit that was accepted. */
export interface Submitted {
	modelId: string;
	accepted: AcceptedRequest;
	/** For the item, and shown on the run already. */
	warnings: string[];
	/** Not found again from an earlier try. */
	isJustSubmitted: boolean;
}

/**
 * Checks an item's input and submits it. This is what is paid for, so what an earlier try of this node run submitted for
 * the item is found again instead.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected` before anything was sent, or how the submit failed
 */
export async function submitItem(run: Run, itemIndex: number): Promise<Submitted> {
	const earlier = run.record.find(itemIndex);
	if (earlier?.unknownOutcome) throw new RunComfyFailure(earlier.unknownOutcome);
	if (earlier?.accepted) return { ...taken(run, itemIndex, earlier.modelId, earlier.accepted, []), isJustSubmitted: false };
	const modelId = await beforeSubmit(async () => await readModelId(run, itemIndex));
	const { body, warnings, estimatedPrice } = await beforeSubmit(async () => await prepareInput(run, itemIndex, modelId));
	for (const warning of warnings) run.hint(warning);
	const takeBack = run.budget.plan(estimatedPrice, modelId);
	const accepted = await submitOnce(run, itemIndex, { modelId, body, takeBack, plannedUsd: estimatedPrice });
	return { ...taken(run, itemIndex, modelId, accepted, warnings), isJustSubmitted: true };
}

/** A fault of the preparation is known to have cost nothing. */
async function beforeSubmit<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		return rethrow(isUnforeseen(error) ? internalFailure(error, 'no') : error);
	}
}

/** What is ready to be submitted, and planned in the budget. */
interface PlannedSubmit {
	modelId: string;
	body: Record<string, unknown>;
	/** Of the budget, where it was certainly not accepted. */
	takeBack: () => void;
	plannedUsd?: number;
}

async function submitOnce(run: Run, itemIndex: number, { modelId, body, takeBack, plannedUsd }: PlannedSubmit): Promise<AcceptedRequest> {
	try {
		await run.submitRate.acquire(run.signal);
		const accepted = await submitRequest(run.transport, modelId, body, {
			signal: run.signal,
			rate: run.submitRate,
		});
		// Before anything else, which could fail: from here on the request is found again, whatever happens.
		run.record.add(itemIndex, { modelId, accepted, plannedUsd });
		// After a crash the log is the last place where a paid request can be found.
		progressLog(run, itemIndex, accepted.requestId).accepted(modelId);
		return accepted;
	} catch (error) {
		if (error instanceof ExecutionStopped) rethrow(error);
		const failure = error instanceof RunComfyFailure ? error : internalFailure(error, 'unknown', { model_id: modelId });
		const { details } = failure;
		if (details.charged === 'no') takeBack();
		// A person has to look first; an automatic try could pay a second time.
		else run.record.add(itemIndex, { modelId, unknownOutcome: details, plannedUsd });
		if (details.charged !== 'no' && run.wasStopped()) nameAfterStop(run, itemIndex, modelId);
		return rethrow(failure);
	}
}

/** After Stop n8n shows nothing that the node still says, so the log is the place for it. */
function nameAfterStop(run: Run, itemIndex: number, modelId: string): void {
	const message = `RunComfy: the execution was stopped before RunComfy answered the submit of item ${itemIndex} to ${modelId}. It may have been accepted and charged: check Generations on runcomfy.com`;
	writeLog(run.context, 'warn', message, { itemIndex, modelId });
}

function taken(
	run: Run,
	itemIndex: number,
	modelId: string,
	accepted: AcceptedRequest,
	warnings: string[],
): Omit<Submitted, 'isJustSubmitted'> {
	const { requestId } = accepted;
	const logCancel = progressLog(run, itemIndex, requestId).cancelSent;
	run.active.add({ requestId, cancelOnStop: true, isOwn: true, logCancel });
	return { modelId, accepted, warnings };
}
