import type { AcceptedJob, CallControl } from '../../api/jobApi';
import type { ItemContext } from '../../execution/itemContext';
import type { PreparedItem } from '../../execution/prepareItems';
import { writeLog } from '../../execution/progressLog';
import { MAY_BE_CHARGED } from '../../shared/charge';
import { ExecutionStopped, internalFailure, isUnforeseen, throwAsIs, RunComfyFailure } from '../../shared/failure';
import { targetKeys, type JobTarget } from '../../shared/job';
import { encodeBody, encodedBytes, type InputWithFiles } from './encodeBody';

/** What is ready to be submitted. */
export interface SubmitPlan extends InputWithFiles {
	target: Required<JobTarget>;
	/** For the item and for the run. */
	warnings: string[];
	/** USD, where it can be estimated. */
	estimatedPrice?: number;
	/** The paid call of the API family. @throws RunComfyFailure whose `charged` tells whether it may have been accepted */
	send: (body: Buffer, control: CallControl) => Promise<AcceptedJob>;
}

/** A submit that was accepted. */
export interface Submitted {
	accepted: AcceptedJob;
	/** For the item; already shown on the run. */
	warnings: string[];
	/** False for one that an earlier try of this node run submitted. */
	isJustSubmitted: boolean;
}

/** An item that passed all checks. */
export interface PreparedSubmit extends Pick<PreparedItem, 'reserve' | 'release'> {
	/** Pays. @throws RunComfyFailure how the submit failed */
	submit: () => Promise<Submitted>;
}

/**
 * Prepares a submit that is paid at most once per item and node run. What an earlier try of this node run submitted for
 * the item is found again, and is not checked a second time.
 *
 * @param plan reads and checks the item's input; called only when nothing was submitted before
 * @throws what `plan` throws; and the failure of an earlier try whose outcome is unknown
 */
export async function prepareSafeSubmit(item: ItemContext, plan: () => Promise<SubmitPlan>): Promise<PreparedSubmit> {
	const { submissions, budget } = item.run;
	const earlier = submissions.find(item.index);
	if (earlier?.unknownOutcome) throw new RunComfyFailure(earlier.unknownOutcome);
	const accepted = earlier?.accepted;
	if (accepted)
		return {
			submit: async () => {
				trackAccepted(item, accepted);
				return { accepted, warnings: [], isJustSubmitted: false };
			},
		};
	const planned = await plan();
	let release = () => {};
	return {
		reserve: () => {
			release = budget.reserve(planned.estimatedPrice, planned.target);
		},
		release: () => release(),
		submit: async () => {
			item.showWarnings(planned.warnings);
			const submitted = await submitOnce(item, planned, () => release());
			trackAccepted(item, submitted);
			return { accepted: submitted, warnings: planned.warnings, isJustSubmitted: true };
		},
	};
}

/** @param release gives back the reserved price, when the submit was certainly not accepted */
async function submitOnce(item: ItemContext, plan: SubmitPlan, release: () => void): Promise<AcceptedJob> {
	const { submitRate, submissions, wasStopped } = item.run;
	const { target, estimatedPrice: plannedUsd } = plan;
	const body = await encodeWithinMemory(item, plan).catch((error: unknown) => {
		release();
		return throwAsIs(error);
	});
	try {
		await submitRate.acquire(item.signal);
		const accepted = await plan.send(body.bytes, { signal: item.signal, rate: submitRate });
		// Before anything else that could fail: from here on, a retry finds the request again.
		submissions.add(item.index, { accepted, plannedUsd });
		// After a crash, the log is the last place where a paid request can be found.
		item.logOf(accepted.job).accepted();
		return accepted;
	} catch (error) {
		if (error instanceof ExecutionStopped) throwAsIs(error);
		const failure =
			error instanceof RunComfyFailure ? error : internalFailure(error, 'unknown', targetKeys(target));
		const { details } = failure;
		if (details.charged === 'no') release();
		// A person must check first; an automatic try could pay a second time.
		else submissions.add(item.index, { unknownOutcome: details, plannedUsd });
		if (details.charged !== 'no' && wasStopped()) logUnknownOutcome(item, target);
		return throwAsIs(failure);
	} finally {
		body.free();
	}
}

/** Encodes the body once there is memory for it. Nothing has been sent yet, so a fault here costs nothing. */
async function encodeWithinMemory(item: ItemContext, plan: SubmitPlan): Promise<{ bytes: Buffer; free: () => void }> {
	let free = () => {};
	try {
		free = await item.run.bodies.acquire(encodedBytes(plan), item.signal);
		return { bytes: await encodeBody(item.clock, plan), free };
	} catch (error) {
		free();
		return throwAsIs(isUnforeseen(error) ? internalFailure(error, 'no', targetKeys(plan.target)) : error);
	}
}

/** After Stop, n8n shows nothing that the node reports, so the log is the only place left. */
function logUnknownOutcome(item: ItemContext, { family, targetId }: Required<JobTarget>): void {
	const message = `RunComfy: the execution was stopped before RunComfy responded to the submit of item ${item.index} to ${targetId}. ${MAY_BE_CHARGED}`;
	writeLog(item.n8n, 'warn', message, { itemIndex: item.index, [`${family}Id`]: targetId });
}

/** From here on the end of the run cancels or names the request. */
function trackAccepted(item: ItemContext, { job }: AcceptedJob): void {
	item.run.active.add({ job, cancelOnStop: true, isOwn: true, logCancel: item.logOf(job).cancelSent });
}
