import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { readChoice, readNumber } from '../RunComfy/actions/parameters/readParameters';
import { readRunSettings } from '../RunComfy/actions/parameters/runOptions';
import type { ActiveJobs } from '../RunComfy/execution/activeJobs';
import type { Run, RunSettings } from '../RunComfy/execution/run';
import { RunComfyFailure } from '../RunComfy/shared/failure';
import { durableMaxConcurrency, returnItemsField, watchSecondsField } from './durableFields';
import { LoopWiring } from './loopWiring';
import { isOver, readState, stateIn, withState, type WaitState } from './waitState';

/** What the whole batch has planned to spend stands in the node's context, which n8n stores with the execution. */
const PLANNED_KEY = 'runComfyPlanned';

/** So do the ids of requests whose items have left. */
const LEFT_KEY = 'runComfyLeft';

/** USD. */
interface Planned {
	/** The run of the node: Retry On Fail runs the same one again. */
	runIndex: number;
	/** By the rounds before it. */
	before: number;
	/** With this round. */
	total: number;
}

/** One round of the loop: the items with their states, and what holds for all of them. */
export class Round {
	readonly items: INodeExecutionData[];

	/** By the index of the item. */
	readonly states: WaitState[];

	readonly executionId: string;

	readonly settings: RunSettings;

	/** How many requests may be under way at once. */
	readonly atOnce: number;

	/** Seconds to watch new requests before they are saved. */
	readonly watchSeconds: number;

	/** Whether finished items leave before all are finished. */
	readonly leavesEarly: boolean;

	/** Whether items are submitted, or have requests already. */
	readonly submits: boolean;

	/** How many more may be submitted in this round. */
	slots: number;

	/** Whether no item has a request yet: then all are checked before the first is submitted. */
	readonly checksAll: boolean;

	/** The requests of the runs of this round: they know what they cancelled, because a failure ended them. */
	readonly active = new Set<ActiveJobs>();

	/** @throws RunComfyFailure `invalid_input`, before anything is paid */
	constructor(readonly context: IExecuteFunctions) {
		const surroundings = new LoopWiring(context);
		surroundings.ignoreAlwaysOutputData();
		this.items = context.getInputData();
		this.executionId = context.getExecutionId();
		const states = this.items.map(readState);
		if (surroundings.isInLoop && states.includes(undefined)) throw stateLost(states);
		// Another run of the node in the same execution is another batch.
		if (!surroundings.isInLoop) this.store[LEFT_KEY] = [];
		this.states = states.map((state) => stateIn(this.executionId, state ?? {}));
		surroundings.requireLoop();
		const { spendLimit, maxConcurrency } = readRunSettings(context, durableMaxConcurrency);
		this.atOnce = maxConcurrency;
		// All are looked at in each round: how many are under way is bounded by the submits.
		this.settings = {
			maxConcurrency: Math.max(1, this.items.length),
			spendLimit,
			plannedBefore: this.openBudget(surroundings.isInLoop),
		};
		this.checksAll = !surroundings.isInLoop && this.states.every(({ request }) => request === undefined);
		this.slots = Math.max(0, this.atOnce - this.underWay.length);
		this.watchSeconds = readNumber(
			context.getNodeParameter('watchSeconds', 0, watchSecondsField.default),
			watchSecondsField,
		);
		const returnItems = readChoice<'together' | 'finished'>(
			context.getNodeParameter('returnItems', 0, 'together'),
			returnItemsField,
		);
		this.leavesEarly = returnItems === 'finished';
		this.submits = context.getNodeParameter('operation', 0) !== 'wait';
		if (this.leavesEarly && surroundings.runsBeforeDone) {
			context.addExecutionHints({
				message:
					"The nodes after Done run only when all requests are finished, because they aren't above this node on the canvas. n8n runs higher nodes first. Move them up to get items as they finish.",
				type: 'info',
				location: 'outputPane',
			});
		}
	}

	/** Requests that are waited for. */
	get underWay() {
		return this.states.flatMap(({ request }) => (request && request.isOver !== true ? [request] : []));
	}

	/** The indexes of items that can leave. */
	get over(): Set<number> {
		return new Set(this.states.flatMap((state, index) => (isOver(state) ? [index] : [])));
	}

	/** Whether items wait for their turn, and there is room for one. */
	get hasRoom(): boolean {
		return (
			this.underWay.length < this.atOnce &&
			this.states.some((state) => state.request === undefined && !isOver(state))
		);
	}

	/** Whether a request failed for good in this execution: without Continue On Fail nothing more is submitted then. */
	get hasFailed(): boolean {
		return this.states.some(({ request }) => request?.failedIn === this.executionId);
	}

	/** What the rounds before this one have planned; a try of the same round again starts from the same sum. USD. */
	private openBudget(isInLoop: boolean): number {
		const runIndex = Number(this.context.getWorkflowDataProxy(0).$runIndex ?? 0);
		const known = this.store[PLANNED_KEY] as unknown as Planned | undefined;
		const before = known?.runIndex === runIndex ? known.before : isInLoop ? (known?.total ?? 0) : 0;
		this.store[PLANNED_KEY] = { runIndex, before, total: before };
		return before;
	}

	/** Remembers what the run has planned to spend, over all rounds. */
	savePlanned(run: Run): void {
		const { runIndex, before } = this.store[PLANNED_KEY] as unknown as Planned;
		this.store[PLANNED_KEY] = { runIndex, before, total: run.budget.total };
	}

	/**
	 * Writes the states into the items that n8n keeps for this node: those that it resumes or tries again. What the run
	 * itself cancelled is forgotten.
	 */
	saveStates(): void {
		for (const [index, item] of this.items.entries()) {
			const state = this.states[index] ?? {};
			const requestId = state.request?.job.requestId ?? '';
			const isGone = [...this.active].some(({ cancelledIds }) => cancelledIds.has(requestId));
			item.json = withState(item, isGone ? {} : state);
			// n8n puts the text of an earlier node's error in the place of the data of such an item.
			delete item.error;
		}
	}

	/** The ids of requests whose items left in earlier rounds: a later failure has to name them. */
	get leftIds(): string[] {
		const known = this.store[LEFT_KEY];
		return Array.isArray(known) ? known.map(String) : [];
	}

	/** Remembers the requests of items that leave while others go round. */
	rememberLeft(indexes: Set<number>): void {
		const ids = [...indexes].flatMap((index) => this.states[index]?.request?.job.requestId ?? []);
		this.store[LEFT_KEY] = [...new Set([...this.leftIds, ...ids])];
	}

	private get store(): IDataObject {
		return this.context.getContext('node');
	}
}

/** An item without its state is not known any more; what is known of the others may be paid. */
function stateLost(states: Array<WaitState | undefined>): RunComfyFailure {
	const ids = states.flatMap((state) => (state?.request ? [state.request.job.requestId] : []));
	const known = ids.length > 0 ? `. Requests of the other items: ${ids.join(', ')}` : '';
	return new RunComfyFailure({
		message: `An item came back through the loop without its state, so it wasn't submitted again${known}`,
		description:
			"Connect the Loop output directly to the input of this node, with no node in between. Fetch submitted requests for free with the Wait operation and their request IDs; n8n's log contains all of them.",
		code: 'invalid_input',
		retryable: false,
		charged: 'unknown',
	});
}
