import type { AcceptedJob } from '../../api/jobApi';
import { submitRequest } from '../../api/model/modelJobs';
import type { PreparedItem } from '../../execution/prepareItems';
import { writeLog } from '../../execution/progressLog';
import type { ItemContext } from '../../execution/itemContext';
import { MAY_BE_CHARGED } from '../../shared/charge';
import { ExecutionStopped, internalFailure, isUnforeseen, throwAsIs, RunComfyFailure } from '../../shared/failure';
import { readModelId } from '../parameters/modelField';
import { encodeBody, encodedBytes } from '../steps/encodeBody';
import { prepareInput, type PreparedInput } from './prepareInput';

/** A submit that was accepted. */
export interface Submitted {
	accepted: AcceptedJob;
	/** For the item, and shown on the run already. */
	warnings: string[];
	/** Not found again from an earlier try. */
	isJustSubmitted: boolean;
}

/** An item whose input passed all checks. */
export interface PreparedSubmit extends Pick<PreparedItem, 'reserve' | 'release'> {
	/** Pays. @throws RunComfyFailure how the submit failed */
	submit: () => Promise<Submitted>;
}

/**
 * Reads and checks an item's input, so that it can be submitted later. What an earlier try of this node run submitted for
 * the item is found again instead, and is not checked a second time.
 *
 * @throws RunComfyFailure `invalid_input` or `media_rejected`; and that of an earlier try whose outcome is unknown
 */
export async function prepareSubmit(item: ItemContext): Promise<PreparedSubmit> {
	const earlier = item.run.submissions.find(item.index);
	if (earlier?.unknownOutcome) throw new RunComfyFailure(earlier.unknownOutcome);
	const accepted = earlier?.accepted;
	if (accepted) return { submit: async () => ({ ...registerAccepted(item, accepted, []), isJustSubmitted: false }) };
	const modelId = await readModelId(item);
	const input = await prepareInput(item, modelId);
	let release = () => {};
	return {
		reserve: () => {
			release = item.run.budget.reserve(input.estimatedPrice, modelId);
		},
		release: () => release(),
		submit: async () => {
			for (const warning of input.warnings) item.run.hint(warning);
			const submitted = await submitOnce(item, { modelId, input, release: () => release() });
			return { ...registerAccepted(item, submitted, input.warnings), isJustSubmitted: true };
		},
	};
}

/** What is ready to be submitted, with its price reserved. */
interface ReadySubmit {
	modelId: string;
	input: PreparedInput;
	/** Of the budget, where it was certainly not accepted. */
	release: () => void;
}

async function submitOnce(item: ItemContext, { modelId, input, release }: ReadySubmit): Promise<AcceptedJob> {
	const plannedUsd = input.estimatedPrice;
	const body = await encodeInput(item, input, modelId).catch((error: unknown) => {
		release();
		return throwAsIs(error);
	});
	try {
		await item.run.submitRate.acquire(item.signal);
		const accepted = await submitRequest(item.run.transport, modelId, body.bytes, {
			signal: item.signal,
			rate: item.run.submitRate,
		});
		// Before anything else, which could fail: from here on the request is found again, whatever happens.
		item.run.submissions.add(item.index, { accepted, plannedUsd });
		// After a crash the log is the last place where a paid request can be found.
		item.logOf(accepted.job).accepted();
		return accepted;
	} catch (error) {
		if (error instanceof ExecutionStopped) throwAsIs(error);
		const failure =
			error instanceof RunComfyFailure ? error : internalFailure(error, 'unknown', { model_id: modelId });
		const { details } = failure;
		if (details.charged === 'no') release();
		// A person has to look first; an automatic try could pay a second time.
		else item.run.submissions.add(item.index, { unknownOutcome: details, plannedUsd });
		if (details.charged !== 'no' && item.run.wasStopped()) logUnknownOutcome(item, modelId);
		return throwAsIs(failure);
	} finally {
		body.free();
	}
}

/** The bytes of the body, which take their share of the memory until they are freed. A fault here has cost nothing. */
async function encodeInput(
	item: ItemContext,
	input: PreparedInput,
	modelId: string,
): Promise<{ bytes: Buffer; free: () => void }> {
	let free = () => {};
	try {
		free = await item.run.bodies.acquire(encodedBytes(input), item.signal);
		return { bytes: await encodeBody(item.run.clock, input), free };
	} catch (error) {
		free();
		return throwAsIs(isUnforeseen(error) ? internalFailure(error, 'no', { model_id: modelId }) : error);
	}
}

/** After Stop n8n shows nothing that the node still says, so the log is the place for it. */
function logUnknownOutcome(item: ItemContext, modelId: string): void {
	const message = `RunComfy: the execution was stopped before RunComfy responded to the submit of item ${item.index} to ${modelId}. ${MAY_BE_CHARGED}`;
	writeLog(item.run.context, 'warn', message, { itemIndex: item.index, modelId });
}

function registerAccepted(
	item: ItemContext,
	accepted: AcceptedJob,
	warnings: string[],
): Omit<Submitted, 'isJustSubmitted'> {
	const { job } = accepted;
	item.run.active.add({ job, cancelOnStop: true, isOwn: true, logCancel: item.logOf(job).cancelSent });
	return { accepted, warnings };
}
