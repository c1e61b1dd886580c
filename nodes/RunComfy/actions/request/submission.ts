import { submitRequest, type AcceptedRequest } from '../../api/requests';
import { progressLog } from '../../execution/progressLog';
import type { Run } from '../../execution/run';
import { readModelId } from '../shared/modelField';
import { prepareInput } from './prepareInput';

/** A submit that was accepted. */
export interface Submitted {
	modelId: string;
	accepted: AcceptedRequest;
	/** For the item, and shown on the run already. */
	warnings: string[];
}

/**
 * Checks an item's input and submits it. This is what is paid for.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected` before anything was sent, or how the submit failed
 */
export async function submitItem(run: Run, itemIndex: number): Promise<Submitted> {
	const modelId = readModelId(run, itemIndex);
	const { body, warnings } = await prepareInput(run, itemIndex, modelId);
	for (const warning of warnings) run.hint(warning);
	const accepted = await submitRequest(run.transport, modelId, body, run.signal);
	const { requestId } = accepted;
	const log = progressLog(run, itemIndex, requestId);
	log.accepted(modelId);
	run.inFlight.add({ requestId, cancelOnStop: true, isOwn: true, logCancel: log.cancelSent });
	return { modelId, accepted, warnings };
}
