import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { readChoice, readNumber } from '../RunComfy/actions/parameters/readParameters';
import { readRunSettings } from '../RunComfy/actions/parameters/runOptions';
import type { ActiveJobs } from '../RunComfy/execution/activeJobs';
import { writeLog } from '../RunComfy/execution/progressLog';
import type { Run, RunSettings } from '../RunComfy/execution/run';
import { Capacity } from './capacity';
import { durableMaxConcurrency, returnItemsField, watchSecondsField } from './durableFields';
import { DurableStore, type Entry, type WaitingRequest } from './durableStore';
import { familyOf } from './jobFamilies';
import { missingEntries, takeIn, type KnownItem } from './intake';
import { toLoopItem } from './loopItem';
import { LoopWiring } from './loopWiring';
import { moveItem } from './moves';
import { MAX_PAUSE_MS, MIN_PAUSE_MS, resumeTime } from './resumeTime';

/** A resume a moment before its time is one in time. Milliseconds. */
const EARLY_MS = 2_000;

/** One run of the node: the items with what is known of them. */
export class Round {
	readonly items: INodeExecutionData[];

	/** By the index of the item; undefined for one that is left out. */
	readonly known: Array<KnownItem | undefined>;

	readonly executionId: string;

	readonly runIndex: number;

	/** Whether all items are new: then all are checked before the first is submitted. */
	readonly isFirst: boolean;

	/** The runs of this round: they know what they cancelled, because a failure ended them. */
	readonly active = new Set<ActiveJobs>();

	private readonly store: DurableStore;

	private readonly wiring: LoopWiring;

	/** @throws RunComfyFailure `invalid_input` when the stored state cannot be read */
	constructor(readonly context: IExecuteFunctions) {
		this.wiring = new LoopWiring(context);
		this.items = context.getInputData();
		this.executionId = context.getExecutionId();
		this.runIndex = Number(context.getWorkflowDataProxy(0).$runIndex ?? 0);
		this.store = new DurableStore(context);
		const { isInLoop } = this.wiring;
		this.known = takeIn({ ...this, id: this.id, store: this.store, isInLoop }, this.items);
		this.isFirst = this.entries.every(({ place }) => place === 'here');
	}

	/** What is known of the items, without those that are left out. */
	get entries(): Entry[] {
		return this.known.flatMap((item) => item?.entry ?? []);
	}

	/**
	 * Reads the parameters of the whole round.
	 *
	 * @param now milliseconds since 1970
	 * @throws RunComfyFailure `invalid_input`, before anything is paid
	 */
	readSettings(now: number): RoundSettings {
		const { context } = this;
		this.wiring.requireLoop();
		const { spendLimit, maxConcurrency } = readRunSettings(context, durableMaxConcurrency);
		const watchSeconds = readNumber(
			context.getNodeParameter('watchSeconds', 0, watchSecondsField.default),
			watchSecondsField,
		);
		const returnItems = context.getNodeParameter('returnItems', 0, 'together');
		const leavesEarly = readChoice<'together' | 'finished'>(returnItems, returnItemsField) === 'finished';
		if (leavesEarly && this.wiring.runsBeforeDone) this.hint(RUNS_BEFORE_DONE);
		this.reportLeftOut();
		const watchUntil = Math.max(now + watchSeconds * 1000, this.backUntil(now));
		const isOpen = () => Date.now() < watchUntil;
		return {
			// All are polled in each round: how many run at once is bounded by the capacity.
			run: {
				maxConcurrency: Math.max(1, this.items.length),
				spendLimit,
				plannedBefore: this.plannedBefore,
				requestsBefore: this.requestIds,
			},
			capacity: new Capacity(maxConcurrency, this.pending.length, isOpen),
			watchUntil,
			pollUntil: this.backUntil(now),
			leavesEarly,
			submits: context.getNodeParameter('operation', 0) !== 'wait',
			family: familyOf(context.getNodeParameter('resource', 0)),
		};
	}

	/** Requests that are waited for. */
	get pending(): WaitingRequest[] {
		return this.entries.flatMap(({ request }) => (request && request.isSettled !== true ? [request] : []));
	}

	/** The indexes of items that can leave. */
	get settled(): Set<number> {
		return new Set(this.known.flatMap((item, index) => (item && isSettled(item.entry) ? [index] : [])));
	}

	/** Whether nothing more is to be waited for. */
	get allSettled(): boolean {
		return this.entries.every(isSettled);
	}

	/** Whether a request failed for good in this execution: without Continue On Fail nothing more is submitted then. */
	get hasFailed(): boolean {
		return this.entries.some(({ request }) => request?.failedIn === this.executionId);
	}

	/** The ids of all requests of this execution. */
	get requestIds(): string[] {
		return this.store.all.flatMap(([, { request }]) => request?.job.requestId ?? []);
	}

	/** The ids of requests of this execution whose items are not in this run: a failure has to name them. */
	get otherIds(): string[] {
		const present = new Set(this.known.map((item) => item?.key));
		return this.store.all.flatMap(([key, { request }]) =>
			request && !present.has(key) ? [request.job.requestId] : [],
		);
	}

	/** What the requests of earlier runs were planned to cost; those of this run stand in its submission store. USD. */
	private get plannedBefore(): number {
		return this.store.all.reduce((sum, [, { plannedUsd = 0, plannedIn, attempts = [] }]) => {
			const failedUsd = attempts.reduce((usd, attempt) => usd + (attempt.plannedUsd ?? 0), 0);
			return sum + failedUsd + (plannedIn === this.id ? 0 : plannedUsd);
		}, 0);
	}

	/** Keeps what the spend limit counts for an item. */
	savePlanned(run: Run, itemIndex: number): void {
		const entry = this.known[itemIndex]?.entry;
		const plannedUsd = run.submissions.find(itemIndex)?.plannedUsd;
		if (entry && plannedUsd !== undefined) Object.assign(entry, { plannedUsd, plannedIn: this.id });
	}

	/** What the run itself cancelled because a failure ended it is forgotten, and may be submitted again. */
	forgetCancelled(): void {
		for (const entry of this.entries) {
			const requestId = entry.request?.job.requestId ?? '';
			if (![...this.active].some(({ cancelledIds }) => cancelledIds.has(requestId))) continue;
			delete entry.request;
			delete entry.plannedUsd;
		}
	}

	/** Sends items into the loop. @returns copies of them that carry their keys */
	toLoop(indexes: number[]): INodeExecutionData[] {
		const resumeAt = resumeTime(this.pending, Date.now());
		return indexes.flatMap((index) => {
			const item = this.items[index];
			const known = this.known[index];
			if (item === undefined || known === undefined) return [];
			moveItem(known.entry, this.id, { place: 'loop', sentInRun: this.runIndex, resumeAt });
			const { request } = known.entry;
			const state = { key: known.key, resumeAt: new Date(resumeAt).toISOString() };
			return [toLoopItem(item, index, request ? { ...state, request_id: request.job.requestId } : state)];
		});
	}

	/** Remembers that items leave by Done. */
	markDone(indexes: Iterable<number>): void {
		for (const index of indexes) {
			const entry = this.known[index]?.entry;
			if (entry) moveItem(entry, this.id, { place: 'done' });
		}
	}

	/** Until when items that came back early are watched in this process. Milliseconds since 1970. */
	private backUntil(now: number): number {
		const resumeAt = Math.max(0, ...this.entries.map(({ resumeAt: at = 0, place }) => (place === 'loop' ? at : 0)));
		return resumeAt - now < EARLY_MS ? now : Math.min(resumeAt, now + MAX_PAUSE_MS);
	}

	/** Says which items are not here, once each. */
	private reportLeftOut(): void {
		const leftOut = this.known.filter((item) => item === undefined).length;
		if (leftOut > 0) {
			this.hint(
				`${leftOut} ${leftOut === 1 ? 'item was' : 'items were'} left out because they came back more than once or had already left through Done. Nothing was submitted for them.`,
			);
		}
		const missing = missingEntries(this.store, this.known).filter((entry) => entry.isReportedMissing !== true);
		if (missing.length === 0) return;
		for (const entry of missing) entry.isReportedMissing = true;
		const ids = missing.flatMap(({ request }) => request?.job.requestId ?? []);
		const requests =
			ids.length > 0 ? ` Their requests: ${ids.join(', ')}. Fetch them with the Wait operation.` : '';
		this.hint(
			`${missing.length} ${missing.length === 1 ? "item hasn't" : "items haven't"} come back through the loop. A node between Pending and the input of this node may have removed them.${requests}`,
		);
	}

	private hint(message: string): void {
		this.context.addExecutionHints({ message, type: 'warning', location: 'outputPane' });
		writeLog(this.context, 'warn', `RunComfy: ${message}`, {});
	}

	private get id(): string {
		return `${this.executionId}/${this.runIndex}`;
	}
}

/** What holds for all items of a round. Times in milliseconds since 1970. */
export interface RoundSettings {
	run: RunSettings;
	capacity: Capacity;
	/** Until when requests that are submitted in this round are watched in this process. */
	watchUntil: number;
	/** Until when the others are. */
	pollUntil: number;
	/** Whether finished items leave before all are finished. */
	leavesEarly: boolean;
	/** Whether items are submitted, or have requests already. */
	submits: boolean;
	family: ReturnType<typeof familyOf>;
}

/** Until when a request is watched: to its deadline if that is too near for n8n's Wait node. */
export function watchEnd({ deadline }: WaitingRequest, until: number, now: number): number {
	return deadline - now < MIN_PAUSE_MS ? deadline : Math.min(until, deadline);
}

/** Whether nothing more is to be waited for. */
export function isSettled({ request, refused }: Entry): boolean {
	return refused !== undefined || request?.isSettled === true;
}

const RUNS_BEFORE_DONE =
	"The nodes after Done run only when all requests are finished, because they aren't above the nodes after Pending on the canvas. n8n runs higher nodes first. Move them up to get items as they finish.";
