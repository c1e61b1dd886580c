import { RunComfyFailure } from '../shared/failure';
import { targetKeys, type JobTarget } from '../shared/job';

/** Sums of prices are off by a trifle, which must not count as passing the limit. */
const ROUNDING_USD = 1e-9;

/** What a node run may spend, and what it has planned to spend. USD. */
export class Budget {
	/**
	 * @param limit 0 for none
	 * @param planned what earlier rounds of the same batch have planned
	 */
	constructor(
		private readonly limit: number,
		private planned = 0,
	) {
		this.requested = planned;
		this.before = planned;
	}

	/** What was planned before this run. */
	private readonly before: number;

	/** What was asked for, the refused included. */
	private requested: number;

	/** What is planned so far. */
	get total(): number {
		return this.planned;
	}

	/**
	 * Reserves the price of one submit.
	 *
	 * @param price undefined where it cannot be worked out
	 * @returns releases it, for a submit that was certainly not accepted
	 * @throws RunComfyFailure `spend_limit` when the limit would be passed, or nobody can tell
	 */
	reserve(price: number | undefined, target: JobTarget): () => void {
		if (this.limit <= 0) return () => {};
		if (price === undefined) {
			throw overLimit(
				`Spend Limit is set, but the price of the ${target.family} ${target.targetId} can't be estimated`,
				'Set Spend Limit in Options to 0, or select a model with a price in the catalog.',
				targetKeys(target),
			);
		}
		this.requested += price;
		if (this.planned + price > this.limit + ROUNDING_USD) {
			throw overLimit(
				`Spend Limit of ${this.limit} USD exceeded: about ${usd(this.planned)} USD are already planned in this run, and this request costs about ${usd(price)} USD`,
				'These are estimates from base prices. To continue, increase Spend Limit in Options.',
				targetKeys(target),
			);
		}
		this.planned += price;
		return () => {
			this.planned -= price;
		};
	}

	/** The refusal of a whole run, in place of that of the first item which does not fit: the author plans for all of them. */
	refusalOfRun(itemCount: number, refusal: RunComfyFailure): RunComfyFailure {
		if (itemCount === 1 || this.requested <= this.limit + ROUNDING_USD) return refusal;
		return overLimit(
			`Spend Limit of ${this.limit} USD exceeded: the ${itemCount} items of this run cost about ${usd(this.requested - this.before)} USD${this.before > 0 ? `, and about ${usd(this.before)} USD are already planned in this execution` : ''}`,
			'These are estimates from base prices. Increase Spend Limit in Options, or run fewer items.',
			{ model_id: refusal.details.model_id, deployment_id: refusal.details.deployment_id },
		);
	}
}

/** The code of every failure of a budget. */
export function isOverLimit(error: unknown): error is RunComfyFailure {
	return error instanceof RunComfyFailure && error.details.code === 'spend_limit';
}

function overLimit(message: string, description: string, target: ReturnType<typeof targetKeys>): RunComfyFailure {
	return new RunComfyFailure({
		message,
		description,
		code: 'spend_limit',
		...target,
		retryable: false,
		charged: 'no',
	});
}

function usd(amount: number): string {
	return String(Number(amount.toFixed(4)));
}
