import type { AcceptedJob } from '../../api/jobApi';
import { normaliseStatus } from '../../api/status';
import type { ItemContext } from '../../execution/itemContext';
import { perRun } from '../../execution/perRun';
import { hasEndedBadly, recentRequests, type RecentRequest } from '../../execution/recentRequests';
import { ExecutionStopped, throwAsIs } from '../../shared/failure';
import type { JobTarget } from '../../shared/job';
import type { InputWithFiles } from './encodeBody';
import { hasRandomSeed, inputKey } from './inputKey';

const REPEATED_HINT =
	'This run submitted an input that was already submitted in the last 24 hours, so you are charged again. To use earlier results while you build the workflow, set Reuse Results in Options to In Manual Executions.';

const randomSeedsOf = perRun(({ context }) => hasRandomSeed(context.getNode().parameters));

/** Requests that items have taken in this run or in earlier rounds, so that several equal items get different results. */
const takenOf = perRun(({ requestsBefore }) => new Set(requestsBefore));

/**
 * Identifies an item's input in this process; undefined when a file can't be read, which the submit reports, and for a
 * deployment of which nobody can tell whether its workflow is still the same.
 */
export async function inputKeyOf(
	item: ItemContext,
	{ target, version, ...input }: InputWithFiles & { target: JobTarget; version?: string },
): Promise<string | undefined> {
	if (target.family === 'deployment' && version === undefined) return undefined;
	try {
		const key = await inputKey(item.clock, target, input, randomSeedsOf(item));
		return version === undefined ? key : `${key} ${version}`;
	} catch (error) {
		if (error instanceof ExecutionStopped) throwAsIs(error);
		return undefined;
	}
}

/**
 * Finds a request of an earlier execution for the same input that has not failed. Where there are several, each item of the
 * run takes another one.
 *
 * @throws ExecutionStopped
 */
export async function findReusable(item: ItemContext, key: string | undefined): Promise<AcceptedJob | undefined> {
	const taken = takenOf(item);
	// Chosen anew after each read, in which other items take requests and learn which ones failed.
	for (;;) {
		const candidate = bestFor(item, earlierWithInput(item, key), taken);
		if (candidate === undefined) return undefined;
		const { job } = candidate.accepted;
		taken.add(job.requestId);
		await readEnd(item, candidate);
		if (hasEndedBadly(candidate)) continue;
		const status = normaliseStatus(candidate.status === 'succeeded' ? 'completed' : candidate.status);
		return { ...candidate.accepted, status, job: { ...job, isReused: true } };
	}
}

/** The one of the same item first, then the newest of those that no other item has. */
function bestFor(item: ItemContext, candidates: RecentRequest[], taken: Set<string>): RecentRequest | undefined {
	const free = candidates.filter(({ accepted }) => !taken.has(accepted.job.requestId));
	return free.find(({ itemIndex }) => itemIndex === item.index) ?? free[0] ?? candidates[0];
}

/** By the key of an input: whether an earlier execution submitted it. */
const repeatedOf = perRun(() => new Map<string, boolean>());

/** Shows a person who builds a workflow how not to pay for each try. Called before the request itself is remembered. */
export function hintAtRepeatedInput(item: ItemContext, key: string | undefined): void {
	if (key === undefined || item.isTool || item.n8n.getMode() !== 'manual') return;
	const repeated = repeatedOf(item);
	// Thousands of equal items need not search all requests each.
	if (!repeated.has(key)) repeated.set(key, earlierWithInput(item, key).length > 0);
	if (repeated.get(key) === true) item.run.hint(REPEATED_HINT, 'info');
}

/** Those of this execution are not meant: a loop over equal items wants different results. */
function earlierWithInput(item: ItemContext, key: string | undefined): RecentRequest[] {
	if (key === undefined) return [];
	const executionId = item.n8n.getExecutionId();
	return recentRequests
		.withInput(item.transport.account, key)
		.filter((request) => request.executionId !== executionId);
}

/** Reads how a request ended if nobody has seen it; a read that fails says nothing. It notes the status itself. */
async function readEnd(item: ItemContext, { status, accepted }: RecentRequest): Promise<void> {
	if (status === 'succeeded') return;
	try {
		await item.run.watcher.readResult(accepted.job, item.signal);
	} catch (error) {
		if (error instanceof ExecutionStopped) throwAsIs(error);
	}
}
