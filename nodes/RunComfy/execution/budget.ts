import { RunComfyFailure } from '../shared/failure';
import { targetKeys, type JobTarget } from '../shared/job';

/** Sums of floating-point prices are slightly off, which must not count as exceeding the limit. */
const ROUNDING_USD = 1e-9;

/** What a node run may spend, and what it has reserved so far. USD. */
export class Budget {
	/**
	 * @param limit 0 for none
	 * @param planned what earlier rounds of the same batch have reserved
	 */
	constructor(
		private readonly limit: number,
		private planned = 0,
	) {
		this.requested = planned;
	}

	/** Everything requested so far, including what was refused. */
	private requested: number;

	/** What is reserved so far. */
	get total(): number {
		return this.planned;
	}

	/**
	 * Reserves the price of one submit.
	 *
	 * @param price undefined when it cannot be estimated
	 * @returns a function that releases it, for a submit that was certainly not accepted
	 * @throws RunComfyFailure `spend_limit` when the limit would be exceeded, or the price is unknown
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

	/**
	 * The refusal for the whole run, which replaces that of the first item over the limit: the author has to plan for
	 * all items.
	 */
	refusalOfRun(itemCount: number, refusal: RunComfyFailure): RunComfyFailure {
		if (itemCount === 1 || this.requested <= this.limit + ROUNDING_USD) return refusal;
		return overLimit(
			`Spend Limit of ${this.limit} USD exceeded: the ${itemCount} items of this run cost about ${usd(this.requested)} USD`,
			'These are estimates from base prices. Increase Spend Limit in Options, or run fewer items.',
			{ model_id: refusal.details.model_id, deployment_id: refusal.details.deployment_id },
		);
	}
}

/** Whether a failure comes from a budget. */
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
