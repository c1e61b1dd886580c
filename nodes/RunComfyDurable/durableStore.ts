import type { IContextObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { FailedAttempt } from '../RunComfy/execution/submissionStore';
import { RunComfyFailure, type FailureDetails } from '../RunComfy/shared/failure';
import { isJobRef, type JobRef } from '../RunComfy/shared/job';
import { isJsonObject } from '../RunComfy/shared/json';

/** Where the state stands in the node's context. */
const STORE_KEY = 'runComfyDurable';

/** Changes with the shape of what is stored. */
const VERSION = 1;

/** A request that is waited for. Plain JSON. */
export interface WaitingRequest {
	job: JobRef;
	/** When the wait began, and when it ends. Milliseconds since 1970. */
	since: number;
	deadline: number;
	/** Whether this node submitted the request, and may cancel it. */
	isOwn: boolean;
	warnings: string[];
	/** Since when reads of it have been refused in a row, where they are. Milliseconds since 1970. */
	refusedSince?: number;
	/** Its end was seen; the result is read again when the item leaves, which is free. */
	isSettled?: boolean;
	/** It ended badly, in the execution with this ID. A person's Retry is another one, and buys again. */
	failedIn?: string;
}

/** What the node knows of one item. */
export interface Entry {
	/** The run of the node that saw the item first, and its place there: Retry On Fail finds it again by these. */
	runIndex: number;
	itemIndex: number;
	/** Where the item is: in this node, on its way through the loop, or gone by Done. */
	place: 'here' | 'loop' | 'done';
	/** The run of the node that sent it into the loop last, and when it should come back. Milliseconds since 1970. */
	sentInRun?: number;
	resumeAt?: number;
	/** Where the item was before the run of the node that moved it last. */
	before?: Pick<Entry, 'place' | 'sentInRun' | 'resumeAt'> & { run: string };
	/** It was reported as missing already. */
	isReportedMissing?: boolean;
	request?: WaitingRequest;
	/** It never became a request, in the execution with this ID. */
	refused?: { failure: FailureDetails; executionId: string };
	/** Requests of the item that failed without a charge, and in whose place another one is submitted. */
	attempts?: FailedAttempt[];
	/** USD that the spend limit counts for it, and the run of the node whose submission store counts it as well. */
	plannedUsd?: number;
	plannedIn?: string;
}

/** As it is stored: entries by the key that their items carry. */
interface Stored {
	version: typeof VERSION;
	entries: Record<string, Entry>;
	/** The run of the node in which an item that had left by Done came back first. */
	returnedIn?: string;
}

/**
 * What the durable node knows of its items, in the node's context: n8n stores it with the execution, a person's Retry carries
 * it over, and no item can forge it.
 */
export class DurableStore {
	private readonly stored: Stored;

	/** @throws RunComfyFailure `invalid_input` when what is stored cannot be read */
	constructor(context: IExecuteFunctions) {
		const store: IContextObject = context.getContext('node');
		store[STORE_KEY] ??= { version: VERSION, entries: {} } satisfies Stored as unknown as IDataObject;
		const stored = store[STORE_KEY] as unknown;
		if (!isStored(stored)) throw unreadable();
		this.stored = stored;
	}

	find(key: string): Entry | undefined {
		return Object.hasOwn(this.stored.entries, key) ? this.stored.entries[key] : undefined;
	}

	add(key: string, entry: Entry): Entry {
		this.stored.entries[key] = entry;
		return entry;
	}

	get all(): Array<[string, Entry]> {
		return Object.entries(this.stored.entries);
	}

	/** Whether an item that left by Done has come back in another run of the node than this one. */
	hadReturned(run: string): boolean {
		const { returnedIn } = this.stored;
		return returnedIn !== undefined && returnedIn !== run;
	}

	rememberReturned(run: string): void {
		this.stored.returnedIn ??= run;
	}
}

function isStored(value: unknown): value is Stored {
	if (!isJsonObject(value) || value.version !== VERSION || !isJsonObject(value.entries)) return false;
	return Object.values(value.entries).every(isEntry);
}

function isEntry(value: unknown): boolean {
	if (!isJsonObject(value)) return false;
	const { runIndex, itemIndex, place, request, refused } = value;
	return (
		typeof runIndex === 'number' &&
		typeof itemIndex === 'number' &&
		['here', 'loop', 'done'].includes(place as string) &&
		(request === undefined || isRequest(request)) &&
		(refused === undefined || (isJsonObject(refused) && isJsonObject(refused.failure)))
	);
}

function isRequest(value: unknown): boolean {
	if (!isJsonObject(value)) return false;
	const { job, since, deadline, warnings } = value;
	return isJobRef(job) && typeof since === 'number' && typeof deadline === 'number' && Array.isArray(warnings);
}

/** Nobody can tell what was submitted, so nothing more is: it might be bought twice. */
function unreadable(): RunComfyFailure {
	return new RunComfyFailure({
		message: "The stored state of this durable wait can't be read",
		description:
			'It comes from another version of the RunComfy node, or it was changed. Check Generations on runcomfy.com for what was submitted, then run the workflow again as a new execution.',
		code: 'invalid_input',
		retryable: false,
		charged: 'unknown',
	});
}
