import type { JsonSchema } from './jsonSchema';
import { compilePattern, type Pattern } from './pattern';
import { resolvePointer } from './simplifySchema';
import { UNSURE, type Verdict } from './verdict';

/** A path in a value: where it is for a message, and what references were followed there. */
export class ValuePath {
	private referred?: Map<unknown, Verdict>;

	constructor(
		private readonly key: string | number = '',
		private readonly parent?: ValuePath,
	) {}

	child(key: string | number): ValuePath {
		return new ValuePath(key, this);
	}

	/** Names of properties, and places in lists from 0. */
	get segments(): string[] {
		return this.parent === undefined ? [] : [...this.parent.segments, String(this.key)];
	}

	/** By the schema that a reference leads to: several may lead to the same one. */
	get verdicts(): Map<unknown, Verdict> {
		this.referred ??= new Map();
		return this.referred;
	}
}

/** How many schemas one check may apply to values: a few seconds of work, and more than any body needs. */
const MAX_STEPS = 5_000_000;

/** Schemas within schemas, by references too. No form is nested as deep, and each level takes some of the stack. */
const MAX_DEPTH = 500;

/** The check of one value: what all its rules share. */
export class Validation {
	/** Names of the inputs with a text whose pattern was left to the service. */
	readonly unchecked = new Set<string>();
	private stepsLeft = MAX_STEPS;
	private depth = 0;
	private readonly patterns = new Map<string, Pattern | undefined>();
	private readonly targets = new Map<string, unknown>();

	constructor(
		readonly root: JsonSchema,
		/** Applies a schema to a value. */
		readonly apply: (schema: unknown, value: unknown, path: ValuePath, validation: Validation) => Verdict,
	) {}

	/** Goes one schema deeper, where there are time and stack for it. */
	oneDeeper(work: () => Verdict): Verdict {
		this.stepsLeft -= 1;
		if (this.stepsLeft < 0 || this.depth >= MAX_DEPTH) return UNSURE;
		this.depth += 1;
		const verdict = work();
		this.depth -= 1;
		return verdict;
	}

	targetOf(pointer: string): unknown {
		if (!this.targets.has(pointer)) this.targets.set(pointer, resolvePointer(pointer, this.root));
		return this.targets.get(pointer);
	}

	/** Whether a text matches; undefined where the pattern is none, or could take too long. */
	matches(pattern: string, text: string, path: ValuePath): boolean | undefined {
		if (!this.patterns.has(pattern)) this.patterns.set(pattern, compilePattern(pattern));
		const compiled = this.patterns.get(pattern);
		if (compiled === undefined) return undefined;
		const isMatch = compiled(text);
		if (isMatch === undefined) this.unchecked.add(path.segments[0] ?? '');
		return isMatch;
	}
}
