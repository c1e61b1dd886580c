import type { IExecuteFunctions } from 'n8n-workflow';

import { mediaLooker, type MediaLooker } from '../media/checkMedia';
import { modelSchemaReader, type ModelSchema } from '../model/modelSchema';
import { Poller } from '../request/poller';
import { systemClock, type Clock } from '../shared/clock';
import { withoutMarkup } from '../shared/text';
import { openTransport, type ApiTransport, type CallPace } from '../transport/apiTransport';
import { Budget } from './budget';
import { InFlight } from './inFlight';
import { Limit } from './limit';
import { Pace } from './pace';
import { RequestRecord } from './requestRecord';
import { isCalledByAgent, isToolRun, requireOwnArguments } from './toolCall';

/** At most 25 status reads a second leave a run, with a little room, and submits go out one after another. Milliseconds. */
export const STATUS_SPACING_MS = 42;
const SUBMIT_SPACING_MS = 25;

/** More of them would fill the same line, and hold more bytes at a time. */
const DOWNLOADS_AT_ONCE = 4;

/** All that the operations share during one run of the node. */
export interface Run {
	context: IExecuteFunctions;
	transport: ApiTransport;
	clock: Clock;
	/** Fires on Stop, on n8n's time limit for executions, on shutdown, and when the first failure ends the run. */
	signal: AbortSignal;
	/** Whether n8n ended the execution. */
	wasStopped: () => boolean;
	/** Whether an AI agent runs the node: it gets no files, and should not wait long. */
	isTool: boolean;
	schemaOf(modelId: string): Promise<ModelSchema>;
	/** Looks at a media URL before it is submitted, once for all items. */
	lookAt: MediaLooker;
	/** Space the status reads, and the submits. */
	statusPace: CallPace;
	submitPace: CallPace;
	/** Watches all requests of the run. */
	poller: Poller;
	/** Shared by the downloads of all items. */
	downloads: Limit;
	/** Ends the work on all items, when the first failure ends the run. */
	end: () => void;
	/** Lets go of n8n's signal, when all work is done. */
	close: () => void;
	inFlight: InFlight;
	budget: Budget;
	/** What this node run submitted in this and in earlier tries. */
	record: RequestRecord;
	/** Shows a notice on the finished run, each text once. */
	hint(message: string): void;
}

/** What holds for a whole run, read from its first item. */
export interface RunSettings {
	/** How many items to work on at once. */
	maxConcurrency: number;
	/** USD, 0 for none. */
	spendLimit: number;
	/** USD that earlier rounds of the same batch have planned. */
	plannedBefore?: number;
}

/**
 * Opens a run with the node's credential.
 *
 * @throws RunComfyFailure when the credential cannot be used, or the parameters are those of another call of an agent
 */
export async function openRun(context: IExecuteFunctions, settings: RunSettings): Promise<Run> {
	if (isCalledByAgent(context)) requireOwnArguments(context);
	const transport = await openTransport(context, systemClock);
	const ending = new AbortController();
	const end = () => ending.abort();
	const stop = context.getExecutionCancelSignal();
	if (stop?.aborted) end();
	stop?.addEventListener('abort', end, { once: true });
	const statusPace = new Pace(systemClock, STATUS_SPACING_MS);
	const poller = new Poller(systemClock, statusPace);
	ending.signal.addEventListener('abort', () => poller.stop(), { once: true });
	const shown = new Set<string>();
	const record = new RequestRecord(context);
	return {
		context,
		transport,
		clock: systemClock,
		signal: ending.signal,
		isTool: isToolRun(context),
		inFlight: new InFlight(systemClock, (requestId) => record.forget(requestId)),
		// What earlier tries submitted counts as well.
		budget: new Budget(settings.spendLimit, (settings.plannedBefore ?? 0) + record.plannedUsd),
		record,
		statusPace,
		submitPace: new Pace(systemClock, SUBMIT_SPACING_MS),
		poller,
		downloads: new Limit(DOWNLOADS_AT_ONCE),
		end,
		close: () => stop?.removeEventListener('abort', end),
		wasStopped: () => stop?.aborted === true,
		schemaOf: modelSchemaReader(transport, ending.signal),
		lookAt: mediaLooker({ context, modelApiUrl: transport.endpoints.modelApi, signal: ending.signal }),
		hint(text) {
			const message = withoutMarkup(text);
			if (shown.has(message)) return;
			shown.add(message);
			context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
		},
	};
}
