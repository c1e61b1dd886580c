import type { Fact } from './facts';

/** What was learned about a fact. */
export interface Finding {
	verdict: 'confirmed' | 'contradicted';
	/** What was seen, in a few words. */
	seen: string;
}

/** Collects what the calls say about the facts of docs/facts.md, and what was measured besides. */
export class Findings {
	private readonly found = new Map<string, Finding>();
	/** Rows of the report: what, and its value. */
	readonly measured: Array<[string, string]> = [];

	constructor(readonly facts: readonly Fact[]) {}

	/**
	 * Records whether a fact held. One contradiction outweighs any number of confirmations.
	 *
	 * @throws Error for an ID that docs/facts.md does not have
	 */
	check(id: string, holds: boolean, seen: string): void {
		if (!this.facts.some((fact) => fact.id === id)) throw new Error(`docs/facts.md has no fact "${id}"`);
		if (this.found.get(id)?.verdict === 'contradicted') return;
		this.found.set(id, { verdict: holds ? 'confirmed' : 'contradicted', seen });
	}

	measure(what: string, value: string | number): void {
		this.measured.push([what, String(value)]);
	}

	/** Undefined for a fact that was not tried. */
	of(id: string): Finding | undefined {
		return this.found.get(id);
	}
}
