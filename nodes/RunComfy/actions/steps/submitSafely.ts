import type { AcceptedJob, CallControl } from '../../api/jobApi';
import type { ItemContext } from '../../execution/itemContext';
import type { PreparedItem } from '../../execution/prepareItems';
import { writeLog } from '../../execution/progressLog';
import { recentRequests } from '../../execution/recentRequests';
import type { FailedAttempt } from '../../execution/submissionStore';
import { MAY_BE_CHARGED } from '../../shared/charge';
import { ExecutionStopped, internalFailure, isUnforeseen, throwAsIs, RunComfyFailure } from '../../shared/failure';
import { targetKeys, type JobTarget } from '../../shared/job';
import { readReusesResults } from '../parameters/submitOptions';
import { encodeBody, encodedBytes, type InputWithFiles } from './encodeBody';
import { findReusable, hintAtRepeatedInput, inputKeyOf } from './reuseResults';

/** What is ready to be submitted. */
export interface SubmitPlan extends InputWithFiles {
	target: Required<JobTarget>;
	/** For the item and for the run. */
	warnings: string[];
	/** What to warn of when an earlier request is taken instead. */
	reuseWarnings?: string[];
	/** USD, where it can be estimated. */
	estimatedPrice?: number;
	/** What the input means beside the target's ID: the state of a deployed workflow, where RunComfy tells it. */
	version?: string;
	/** The paid call of the API family. @throws RunComfyFailure whose `charged` tells whether it may have been accepted */
	send: (body: Buffer, control: CallControl) => Promise<AcceptedJob>;
}

/** A submit that was accepted. */
export interface Submitted {
	accepted: AcceptedJob;
	/** For the item; already shown on the run. */
	warnings: string[];
	/** False for one that an earlier try of this node run, or an earlier execution, submitted. */
	isJustSubmitted: boolean;
}

/** An item that passed all checks. */
export interface PreparedSubmit extends Pick<PreparedItem, 'reserve' | 'release'> {
	/** Pays, unless the request is there already. @throws RunComfyFailure how the submit failed */
	submit: () => Promise<Submitted>;
	/**
	 * Pays for another request in place of one that failed.
	 *
	 * @param attempts all failed requests of the item, oldest first
	 * @throws RunComfyFailure how the submit failed; `spend_limit`
	 */
	submitAgain: (attempts: FailedAttempt[]) => Promise<Submitted>;
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
	const reusesResults = readReusesResults(item);
	const earlier = submissions.find(item.index);
	if (earlier?.unknownOutcome) throw new RunComfyFailure(earlier.unknownOutcome);
	let planned: SubmitPlan | undefined;
	const submitAgain = async (attempts: FailedAttempt[]) => {
		planned ??= await plan();
		const release = budget.reserve(planned.estimatedPrice, planned.target);
		return await submitAndTrack(item, planned, { release, attempts });
	};
	const found = (accepted: AcceptedJob, warnings: string[]): PreparedSubmit => ({
		submit: async () => {
			item.showWarnings(warnings);
			if (earlier?.accepted === undefined) submissions.add(item.index, { ...earlier, accepted });
			trackAccepted(item, accepted);
			return await Promise.resolve({ accepted, warnings, isJustSubmitted: false });
		},
		submitAgain,
	});
	if (earlier?.accepted) return found(earlier.accepted, []);
	const checked = await plan();
	planned = checked;
	const inputKey = reusesResults ? await inputKeyOf(item, checked) : undefined;
	const reused = await findReusable(item, inputKey);
	if (reused) return found(reused, [...checked.warnings, ...(checked.reuseWarnings ?? [])]);
	let release = () => {};
	return {
		reserve: () => {
			release = budget.reserve(checked.estimatedPrice, checked.target);
		},
		release: () => release(),
		submit: async () => {
			item.showWarnings(checked.warnings);
			return await submitAndTrack(item, checked, { release, attempts: earlier?.attempts ?? [], inputKey });
		},
		submitAgain,
	};
}

/** How to pay for a request. */
interface Payment {
	/** Gives back the reserved price, when the submit was certainly not accepted. */
	release: () => void;
	/** Failed requests of the item. */
	attempts: FailedAttempt[];
	/** See `inputKeyOf`, if it is known already. */
	inputKey?: string;
}

async function submitAndTrack(item: ItemContext, plan: SubmitPlan, payment: Payment): Promise<Submitted> {
	const accepted = await submitOnce(item, plan, payment);
	trackAccepted(item, accepted);
	return { accepted, warnings: plan.warnings, isJustSubmitted: true };
}

async function submitOnce(
	item: ItemContext,
	plan: SubmitPlan,
	{ release, attempts, inputKey }: Payment,
): Promise<AcceptedJob> {
	const { submitRate, submissions, wasStopped } = item.run;
	const { target, estimatedPrice: plannedUsd } = plan;
	const record = { plannedUsd, ...(attempts.length > 0 ? { attempts } : {}) };
	const key = inputKey ?? (await inputKeyOf(item, plan));
	const body = await encodeWithinMemory(item, plan).catch((error: unknown) => {
		release();
		return throwAsIs(error);
	});
	try {
		await submitRate.acquire(item.signal);
		const accepted = await plan.send(body.bytes, { signal: item.signal, rate: submitRate });
		// Before anything else that could fail: from here on, a retry finds the request again.
		submissions.add(item.index, { ...record, accepted });
		// After a crash, the log is the last place where a paid request can be found.
		item.logOf(accepted.job).accepted();
		rememberRequest(item, accepted, key);
		return accepted;
	} catch (error) {
		if (error instanceof ExecutionStopped) throwAsIs(error);
		const failure =
			error instanceof RunComfyFailure ? error : internalFailure(error, 'unknown', targetKeys(target));
		const { details } = failure;
		if (details.charged === 'no') release();
		// A person must check first; an automatic try could pay a second time.
		else submissions.add(item.index, { ...record, unknownOutcome: details });
		if (details.charged !== 'no' && wasStopped()) logUnknownOutcome(item, target);
		return throwAsIs(failure);
	} finally {
		body.free();
	}
}

/** So that it is found again, by people and by `findReusable`. */
function rememberRequest(item: ItemContext, accepted: AcceptedJob, inputKey?: string): void {
	const { n8n, transport, clock, index } = item;
	try {
		hintAtRepeatedInput(item, inputKey);
		recentRequests.add({
			accepted,
			account: transport.account,
			submittedAt: new Date(clock.date()).toISOString(),
			status: accepted.status,
			inputKey,
			workflowId: n8n.getWorkflow().id,
			executionId: n8n.getExecutionId(),
			itemIndex: index,
		});
	} catch (error) {
		// A convenience must not fail a paid request.
		writeLog(n8n, 'warn', `RunComfy request ${accepted.job.requestId}: couldn't be added to the recent requests`, {
			reason: String(error),
		});
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
