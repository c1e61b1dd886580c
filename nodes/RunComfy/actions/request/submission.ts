import { submitRequest, type AcceptedRequest } from '../../api/requests';
import { progressLog } from '../../execution/progressLog';
import type { Run } from '../../execution/run';
import { rethrow, RunComfyFailure } from '../../shared/failure';
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
	const modelId = readModelId(run, itemIndex);
	const { body, warnings, estimatedPrice } = await prepareInput(run, itemIndex, modelId);
	for (const warning of warnings) run.hint(warning);
	const takeBack = run.budget.plan(estimatedPrice, modelId);
	const accepted = await submitOnce(run, itemIndex, { modelId, body, takeBack, plannedUsd: estimatedPrice });
	return { ...taken(run, itemIndex, modelId, accepted, warnings), isJustSubmitted: true };
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
		await run.submitPace.turn(run.signal);
		const accepted = await submitRequest(run.transport, modelId, body, {
			signal: run.signal,
			pace: run.submitPace,
		});
		// Before anything else: after a crash the log is the last place where a paid request can be found.
		progressLog(run, itemIndex, accepted.requestId).accepted(modelId);
		run.record.add(itemIndex, { modelId, accepted, plannedUsd });
		return accepted;
	} catch (error) {
		if (error instanceof RunComfyFailure && error.details.charged === 'no') takeBack();
		// A person has to look first; an automatic try could pay a second time.
		if (error instanceof RunComfyFailure && error.details.code === 'submit_outcome_unknown') {
			run.record.add(itemIndex, { modelId, unknownOutcome: error.details, plannedUsd });
		}
		return rethrow(error);
	}
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
	run.inFlight.add({ requestId, cancelOnStop: true, isOwn: true, logCancel });
	return { modelId, accepted, warnings };
}
