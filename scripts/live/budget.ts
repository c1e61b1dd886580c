/** The base price is only the start of what a request costs: resolution and the like add to it. */
const MARGIN = 2;

/** Keeps paid requests within a limit. USD. */
export class Budget {
	private spent = 0;

	constructor(readonly limit: number) {}

	get spentUsd(): number {
		return Math.round(this.spent * 1_000_000) / 1_000_000;
	}

	/** Takes a price out of the limit, with a margin. @returns false, and takes nothing, where it doesn't fit */
	reserve(priceUsd: number): boolean {
		if (this.spent + priceUsd * MARGIN > this.limit) return false;
		this.spent += priceUsd * MARGIN;
		return true;
	}

	/** Puts the real cost in the place of a reservation. Without a cost the reservation stays. */
	settle(priceUsd: number, costUsd: number | undefined): void {
		if (costUsd !== undefined) this.spent += costUsd - priceUsd * MARGIN;
	}
}
