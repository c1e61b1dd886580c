import type { Deployment } from '../api/deployment/deployments';
import { RunComfyFailure, throwAsIs } from '../shared/failure';
import type { Clock } from '../shared/clock';
import { isJsonObject } from '../shared/json';
import { TimedCache } from '../shared/timedCache';
import { runInSlices } from '../shared/timeSlice';
import type { ApiTransport } from '../transport/apiTransport';
import { PiecesUnavailable } from '../transport/textPieces';
import { readDeploymentGraph, type GraphReading, type WorkflowGraph } from '../workflow/graph';
import { ObjectInfoExtractor, type ObjectInfo } from '../workflow/objectInfo';
import { describeWorkflowInSteps, type Workflow } from '../workflow/workflowInputs';
import { cachedDeployment, graphKey } from './deploymentCache';

/** A deployment with what can be set in its workflow. */
export interface DeployedWorkflow {
	deployment: Deployment;
	reading: GraphReading;
	/** undefined where there is no graph, as in LoRA deployments. */
	workflow?: Workflow;
	/** Why the node definitions (`object_info`) could not be read, or not in all parts. */
	problem?: string;
}

/** What belongs to a workflow version never changes; the time only bounds what is kept. Milliseconds. */
const LIFETIME_MS = 60 * 60_000;
const MAX_ENTRIES = 50;

const workflows = new TimedCache(LIFETIME_MS, MAX_ENTRIES);

/**
 * Reads a deployment (free; at most a minute old), its node definitions and what can be set in its workflow. What was derived
 * from a workflow version is kept in this process.
 *
 * @throws RunComfyFailure, `not_found` for one that the account does not have
 * @throws ExecutionStopped
 */
export async function readDeployedWorkflow(
	transport: ApiTransport,
	clock: Clock,
	deploymentId: string,
	{ signal, maxRepeats }: { signal?: AbortSignal; maxRepeats?: number } = {},
): Promise<DeployedWorkflow> {
	const deployment = await cachedDeployment(transport, deploymentId, signal, maxRepeats);
	const describe = async () => await describeDeployment(transport, clock, deployment);
	const key = graphKey(transport, deployment);
	if (key === undefined) return { deployment, ...(await describe()) };
	const described = await workflows.get(key, describe, signal);
	// What could not be read may be there the next time.
	if (described.isIncomplete) workflows.forget(key);
	return { deployment, ...described };
}

async function describeDeployment(transport: ApiTransport, clock: Clock, { payload }: Deployment) {
	const reading = readDeploymentGraph(payload);
	if (reading.kind !== 'graph') return { reading, isIncomplete: false };
	const { object_info_url: url, overrides } = isJsonObject(payload) ? payload : {};
	const info: ReadObjectInfo =
		typeof url === 'string' && url !== ''
			? await readObjectInfo(transport, clock, url, reading.graph)
			: { classes: new Map(), isUnavailable: false };
	const workflow = await runInSlices(
		clock,
		describeWorkflowInSteps(reading.graph, { classes: info.classes, overrides }),
	);
	return { reading, workflow, problem: info.problem, isIncomplete: info.isUnavailable };
}

interface ReadObjectInfo extends ObjectInfo {
	/** Whether the file could not be read to its end: it may be there the next time. */
	isUnavailable: boolean;
}

/** Only the classes of the workflow are parsed and kept. Nothing depends on the rest, so no fault of it is a failure. */
async function readObjectInfo(
	transport: ApiTransport,
	clock: Clock,
	url: string,
	{ nodes }: WorkflowGraph,
): Promise<ReadObjectInfo> {
	const extractor = new ObjectInfoExtractor(new Set([...nodes.values()].map(({ classType }) => classType)));
	try {
		// Several executions may wait for this, so none of them ends it.
		for await (const piece of transport.readPieces(url)) {
			await runInSlices(clock, extractor.read(piece));
			if (extractor.isComplete) break;
		}
		return { ...extractor.end(), isUnavailable: false };
	} catch (error) {
		if (!(error instanceof PiecesUnavailable) && !(error instanceof RunComfyFailure)) throwAsIs(error);
		return { ...extractor.result, problem: error.message, isUnavailable: true };
	}
}
