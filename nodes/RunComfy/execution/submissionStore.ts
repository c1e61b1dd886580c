import type { IContextObject, IExecuteFunctions } from 'n8n-workflow';

import type { AcceptedJob } from '../api/jobApi';
import { RunComfyFailure, type FailureDetails } from '../shared/failure';
import { isJobRef } from '../shared/job';
import { isJsonObject } from '../shared/json';
import { isCalledByAgent } from '../n8n/toolCall';

/** The outcome of one item's submit. */
export interface RecordedSubmit {
	/** Set when it was accepted. */
	accepted?: AcceptedJob;
	/** Set when it is unknown whether it was accepted. */
	unknownOutcome?: FailureDetails;
	/** What the spend limit counts for it, without earlier attempts. USD. */
	plannedUsd?: number;
	/** Failed requests of the item that were submitted again, oldest first. */
	attempts?: FailedAttempt[];
}

/** A request whose generation failed without a charge, and in whose place another one was submitted. */
export interface FailedAttempt {
	request_id: string;
	/** As its failure said. */
	reason: string;
	/** What the spend limit counts for it. USD. */
	plannedUsd?: number;
}

interface Entry {
	/** The execution, and the run of the node in it. */
	run: string;
	itemIndex: number;
	submit: RecordedSubmit;
}

/** As it is stored. */
interface Stored {
	version: typeof VERSION;
	entries: Entry[];
}

/** Increased when the stored shape changes. */
const VERSION = 1;

/** The key of the record in the node's context. */
const KEY = 'runComfySubmits';

/**
 * Remembers what a node run submitted, so that n8n's Retry On Fail, which runs the whole node again, finds it and pays
 * nothing twice. The record is in the node's context, which n8n stores with the execution.
 *
 * An entry belongs to an execution, a run of the node and an item, not to an input: an expression may give another seed
 * at every try. A person's Retry is another execution, so it submits again.
 *
 * A tool that an agent calls keeps no record. n8n numbers such calls anew for each set of tools, so two different calls
 * may have the same number (seen in n8n 2.40.7). It never retries them, because a failure is the tool's response.
 */
export class SubmissionStore {
	private readonly store: IContextObject;

	private readonly run: string;

	/** What was found readable: to check all entries again for each item of thousands would keep n8n busy for minutes. */
	private readable?: Stored;

	constructor(context: IExecuteFunctions) {
		const runIndex = Number(context.getWorkflowDataProxy(0).$runIndex ?? 0);
		this.run = `${context.getExecutionId()}/${runIndex}`;
		this.store = isCalledByAgent(context) ? {} : context.getContext('node');
		// Earlier runs of the node in a loop have ended, so nothing needs their entries.
		this.entries = this.entries.filter(({ run }) => run === this.run);
	}

	find(itemIndex: number): RecordedSubmit | undefined {
		return this.entries.find((entry) => entry.itemIndex === itemIndex)?.submit;
	}

	add(itemIndex: number, submit: RecordedSubmit): void {
		const others = this.entries.filter((entry) => entry.itemIndex !== itemIndex);
		this.entries = [...others, { run: this.run, itemIndex, submit }];
	}

	/** The IDs of all requests that were submitted in this and in earlier tries. */
	get requestIds(): string[] {
		return this.entries.flatMap(({ submit: { accepted, attempts = [] } }) => [
			...attempts.map(({ request_id }) => request_id),
			...(accepted && !accepted.job.isReused ? [accepted.job.requestId] : []),
		]);
	}

	/** How many submits of this and of earlier tries have an unknown outcome. */
	get unknownOutcomes(): number {
		return this.entries.filter(({ submit }) => submit.unknownOutcome !== undefined).length;
	}

	/** The estimated cost of the submits of this and of earlier tries. USD. */
	get plannedUsd(): number {
		const counted = this.entries.flatMap(({ submit }) => [submit, ...(submit.attempts ?? [])]);
		return counted.reduce((sum, { plannedUsd = 0 }) => sum + plannedUsd, 0);
	}

	/** Lets a request that the run itself cancelled be submitted again. */
	forget(requestId: string): void {
		this.entries = this.entries.flatMap((entry) => {
			const { accepted, attempts } = entry.submit;
			if (accepted?.job.requestId !== requestId) return [entry];
			// How often the item was submitted again is not forgotten.
			return attempts ? [{ ...entry, submit: { attempts } }] : [];
		});
	}

	private get entries(): Entry[] {
		const stored = this.store[KEY] as unknown;
		if (stored === undefined) return [];
		if (stored === this.readable) return this.readable.entries;
		if (!isStored(stored)) throw unreadable();
		this.readable = stored;
		return stored.entries;
	}

	private set entries(entries: Entry[]) {
		this.readable = { version: VERSION, entries };
		this.store[KEY] = this.readable;
	}
}

function isStored(value: unknown): value is Stored {
	return (
		isJsonObject(value) && value.version === VERSION && Array.isArray(value.entries) && value.entries.every(isEntry)
	);
}

function isEntry(value: unknown): value is Entry {
	if (
		!isJsonObject(value) ||
		typeof value.run !== 'string' ||
		typeof value.itemIndex !== 'number' ||
		!isJsonObject(value.submit)
	)
		return false;
	const { accepted, unknownOutcome, plannedUsd, attempts } = value.submit;
	return (
		(accepted === undefined || (isJsonObject(accepted) && isJobRef(accepted.job))) &&
		(unknownOutcome === undefined || isJsonObject(unknownOutcome)) &&
		isPrice(plannedUsd) &&
		(attempts === undefined || (Array.isArray(attempts) && attempts.every(isAttempt)))
	);
}

function isAttempt(value: unknown): boolean {
	return isJsonObject(value) && typeof value.request_id === 'string' && isPrice(value.plannedUsd);
}

function isPrice(value: unknown): boolean {
	return value === undefined || (typeof value === 'number' && value >= 0);
}

/** It is no longer known what was submitted, so nothing more is: it might be paid twice. */
function unreadable(): RunComfyFailure {
	return new RunComfyFailure({
		message: "The record of what earlier tries of this node submitted can't be read",
		description:
			'It comes from another version of the RunComfy node, or it was changed. Check Generations on runcomfy.com for what was submitted, then run the workflow again as a new execution.',
		code: 'internal_error',
		retryable: false,
		charged: 'unknown',
	});
}
